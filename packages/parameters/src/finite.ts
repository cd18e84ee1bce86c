import { FedOpsError } from '@fedops/shared-types';
import type { Parameters } from './parameters.js';
import type { TensorData } from './tensor-data.js';

/** Index of the first NaN or infinity, -1 where every element is finite. */
export function firstNonFinite(data: TensorData): number {
  const tag = Object.prototype.toString.call(data);
  if (tag !== '[object Float32Array]' && tag !== '[object Float64Array]') return -1;
  const floats = data as Float32Array | Float64Array;
  for (let i = 0; i < floats.length; i++) {
    // x - x is 0 for every finite x and NaN for the others.
    if (floats[i]! - floats[i]! !== 0) return i;
  }
  return -1;
}

/** @throws {FedOpsError} `invalid-argument`, naming the first tensor that holds a NaN or an infinity. */
export function assertFinite({ signature, tensors }: Parameters): void {
  signature.forEach(({ name }, i) => {
    const at = firstNonFinite(tensors[i]!);
    if (at >= 0) throw nonFiniteError(name, at, tensors[i]![at] as number);
  });
}

/** The `invalid-argument` that says where a tensor is not finite; `details` are `{ tensor, index }`. */
export function nonFiniteError(name: string, index: number, value: number): FedOpsError {
  return new FedOpsError(
    'invalid-argument',
    `tensor ${name}: expected finite values, got ${value} at element ${index}`,
    {
      details: { tensor: name, index },
    },
  );
}
