import { elementCount, type Parameters, type TensorData, viewTensorData } from '@fedops/parameters';
import { DTYPES, type Dtype, FedOpsError, type Signature, type TensorSpec } from '@fedops/shared-types';
import type { TensorList } from './messages/tensor-list.js';
import { decodeNpy, encodeNpy, type NpyTensor } from './npy/npy.js';

/** Parameters as Flower sends them: an NPY file for each tensor, in the order of the signature. */
export function tensorListOf({ signature, tensors }: Parameters): TensorList {
  return {
    tensors: signature.map(({ dtype, shape }, i) =>
      encodeNpy({ dtype, shape, bytes: rawBytes(tensors[i]!) }),
    ),
  };
}

/**
 * The tensors of a message, each bound to the name that stands at its place in the signature. Either order of
 * elements and of bytes is read; an element type is never converted, since that would change what the peer computed.
 *
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor that differs; `invalid-argument`, `unsupported` or
 *   `too-large` for bytes that are no NPY file, naming the tensor too.
 */
export function bindTensors({ tensors }: TensorList, signature: Signature): readonly NpyTensor[] {
  const bound = signature.slice(0, tensors.length).map((spec, i) => {
    const tensor = decodeNamed(tensors[i]!, spec.name);
    if (tensor.dtype !== spec.dtype || !sameShape(tensor.shape, spec.shape)) {
      throw mismatch(i, `${spec.name} ${describe(spec)}`, describe(tensor));
    }
    return tensor;
  });
  if (tensors.length !== signature.length) {
    const missing = signature[tensors.length];
    const expected = missing === undefined ? 'no tensor' : `${missing.name} ${describe(missing)}`;
    const got = missing === undefined ? 'a tensor' : 'none';
    const counts = `expected ${signature.length} tensors, got ${tensors.length}`;
    throw mismatch(Math.min(tensors.length, signature.length), expected, `${got}; ${counts}`);
  }
  return bound;
}

/**
 * Parameters of a message, in memory of their own.
 *
 * @throws {FedOpsError} as {@link bindTensors}.
 */
export function parametersOfTensors(list: TensorList, signature: Signature): Parameters {
  const tensors = bindTensors(list, signature).map(({ bytes }, i) => ownTensor(signature[i]!, bytes));
  return { signature, tensors };
}

/**
 * What the tensors of a message look like, under names that are given or else `arr_0`, `arr_1`, … as NumPy gives
 * them.
 *
 * @throws {FedOpsError} `shape-mismatch` where there is another number of names; `unsupported` for an element type
 *   that parameters cannot have; `invalid-argument`, `unsupported` or `too-large` for bytes that are no NPY file. All
 *   but the first name the tensor.
 */
export function signatureOfTensors({ tensors }: TensorList, names?: readonly string[]): Signature {
  if (names !== undefined && names.length !== tensors.length) {
    throw new FedOpsError('shape-mismatch', `expected ${names.length} tensors, got ${tensors.length}`);
  }
  return tensors.map((file, i) => {
    const name = names?.[i] ?? `arr_${i}`;
    const { dtype, shape } = decodeNamed(file, name);
    if (!isDtype(dtype)) {
      throw new FedOpsError('unsupported', `tensor ${name}: elements of type ${dtype} are not supported`);
    }
    return { name, shape: [...shape], dtype };
  });
}

function decodeNamed(file: Uint8Array, name: string): NpyTensor {
  try {
    return decodeNpy(file);
  } catch (cause) {
    const { code, message } = FedOpsError.from(cause);
    throw new FedOpsError(code, `tensor ${name}: ${message}`, { cause, details: { tensor: name } });
  }
}

function ownTensor(spec: TensorSpec, bytes: Uint8Array): TensorData {
  // Elements lie anywhere in a message, and typed arrays begin at multiples of their element's size.
  return viewTensorData(spec.dtype, Uint8Array.from(bytes), 0, elementCount(spec));
}

function rawBytes(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function isDtype(dtype: string): dtype is Dtype {
  return (DTYPES as readonly string[]).includes(dtype);
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}

function describe({ dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }): string {
  return `${dtype}[${shape.join(', ')}]`;
}

function mismatch(index: number, expected: string, got: string): FedOpsError {
  return new FedOpsError('shape-mismatch', `tensor ${index}: expected ${expected}, got ${got}`, {
    details: { index },
  });
}
