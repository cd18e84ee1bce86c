import { aligned } from '../layout.js';

/** Gives out a buffer's bytes from the front, 64-byte aligned; nothing is ever given back. */
export function createAllocator(buffer: ArrayBuffer): (byteLength: number) => Uint8Array<ArrayBuffer> {
  let used = 0;
  return (byteLength) => {
    const start = used;
    used = aligned(start + byteLength);
    return new Uint8Array(buffer, start, byteLength);
  };
}

/** Bytes that a number of allocations take, alignment included. */
export function capacityFor(byteLengths: readonly number[]): number {
  return byteLengths.reduce((sum, byteLength) => sum + aligned(byteLength), 0);
}
