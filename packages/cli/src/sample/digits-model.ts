import { assertSameSignature, createParameters, type Parameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { CLASSES, PIXELS } from './digits.js';
import type { Softmax } from './softmax.js';

/** What every client of the sample trains. */
export const DIGITS_SIGNATURE: Signature = [
  { name: 'kernel', shape: [PIXELS, CLASSES], dtype: 'float32' },
  { name: 'bias', shape: [CLASSES], dtype: 'float32' },
];

/** Where the first run starts: all zeros, which is as good as any for a convex problem. */
export function initialDigitsModel(): Parameters {
  return createParameters(DIGITS_SIGNATURE, [new Float32Array(PIXELS * CLASSES), new Float32Array(CLASSES)]);
}

/** The model in the parameters, over the same memory. @throws {FedOpsError} `shape-mismatch` for another model. */
export function softmaxOf({ signature, tensors }: Parameters): Softmax {
  assertSameSignature(signature, DIGITS_SIGNATURE);
  return { kernel: tensors[0] as Float32Array, bias: tensors[1] as Float32Array };
}
