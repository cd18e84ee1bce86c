import type { Dtype } from '@fedops/shared-types';

/** A tensor's elements in C order. `bool` is one byte an element, 0 or 1. */
export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** The size of one element of each type, in bytes. */
export const BYTES_PER_ELEMENT: Readonly<Record<Dtype, 1 | 4 | 8>> = {
  float32: 4,
  float64: 8,
  int32: 4,
  int64: 8,
  uint8: 1,
  bool: 1,
};

/**
 * The elements that lie in `bytes`, as a view without a copy.
 *
 * @param offset In bytes from the start of `bytes`; `bytes.byteOffset + offset` must be a multiple of the element size.
 * @param length In elements.
 */
export function viewTensorData(dtype: Dtype, bytes: Uint8Array, offset: number, length: number): TensorData {
  const { buffer } = bytes;
  const start = bytes.byteOffset + offset;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, start, length);
    case 'float64':
      return new Float64Array(buffer, start, length);
    case 'int32':
      return new Int32Array(buffer, start, length);
    case 'int64':
      return new BigInt64Array(buffer, start, length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, start, length);
  }
}

/** True where the array is of the kind that holds elements of `dtype`; holds across realms, unlike `instanceof`. */
export function holdsDtype(data: TensorData, dtype: Dtype): boolean {
  return Object.prototype.toString.call(data) === TAG_OF[dtype];
}

const TAG_OF: Readonly<Record<Dtype, string>> = {
  float32: '[object Float32Array]',
  float64: '[object Float64Array]',
  int32: '[object Int32Array]',
  int64: '[object BigInt64Array]',
  uint8: '[object Uint8Array]',
  bool: '[object Uint8Array]',
};
