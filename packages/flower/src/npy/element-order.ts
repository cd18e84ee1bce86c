import { STORAGE } from './npy-dtype.js';
import type { NpyHeader } from './npy-header.js';

/** Whether the elements stand in the file as we hold them: little-endian, the last index fastest. */
export function isCanonical({ dtype, byteOrder, order, shape }: Omit<NpyHeader, 'dataOffset'>): boolean {
  const isOneRow = shape.filter((dimension) => dimension !== 1).length <= 1;
  return (order === 'c' || isOneRow) && (byteOrder === 'little' || STORAGE[dtype].bytesPerNumber === 1);
}

/** A copy of the elements in little-endian C order. */
export function canonicalElements(
  { dtype, byteOrder, order, shape }: Omit<NpyHeader, 'dataOffset'>,
  bytes: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { bytesPerElement, bytesPerNumber } = STORAGE[dtype];
  const ordered = order === 'c' ? Uint8Array.from(bytes) : transposed(bytes, shape, bytesPerElement);
  if (byteOrder === 'big') swapBytes(ordered, bytesPerNumber);
  return ordered;
}

/** Elements of a C-ordered tensor with the first index fastest. */
export function fortranElements(
  bytes: Uint8Array,
  shape: readonly number[],
  bytesPerElement: number,
): Uint8Array<ArrayBuffer> {
  return transposed(bytes, [...shape].reverse(), bytesPerElement);
}

/** Reads with the first index of `shape` fastest, writes with the last one fastest. */
function transposed(
  bytes: Uint8Array,
  shape: readonly number[],
  bytesPerElement: number,
): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length);
  const strides: number[] = [];
  let stride = bytesPerElement;
  for (const dimension of shape) {
    strides.push(stride);
    stride *= dimension;
  }
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < bytes.length; to += bytesPerElement) {
    for (let i = 0; i < bytesPerElement; i++) result[to + i] = bytes[from + i]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

function swapBytes(bytes: Uint8Array, bytesPerNumber: number): void {
  for (let start = 0; start < bytes.length; start += bytesPerNumber) {
    for (let low = start, high = start + bytesPerNumber - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}
