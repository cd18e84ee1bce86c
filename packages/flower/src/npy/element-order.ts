import { STORAGE } from './npy-dtype.js';
import type { NpyHeader } from './npy-header.js';
import { reverseAxes } from './reverse-axes.js';

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
  const ordered = order === 'c' ? new Uint8Array(bytes) : reverseAxes(bytes, shape, bytesPerElement);
  if (byteOrder === 'big') swapBytes(ordered, bytesPerNumber);
  return ordered;
}

/** Elements of a C-ordered tensor with the first index fastest. */
export function fortranElements(
  bytes: Uint8Array,
  shape: readonly number[],
  bytesPerElement: number,
): Uint8Array<ArrayBuffer> {
  return reverseAxes(bytes, [...shape].reverse(), bytesPerElement);
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
