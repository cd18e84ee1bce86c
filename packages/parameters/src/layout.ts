import type { Signature } from '@fedops/shared-types';
import { elementCount } from './signature.js';
import { BYTES_PER_ELEMENT } from './tensor-data.js';

/** Every tensor, and the data section itself, starts at a multiple of so many bytes: a cache line, any SIMD width. */
export const ALIGNMENT = 64;

/** Where one tensor lies in the data section. */
export interface TensorPlace {
  /** In bytes from the start of the data section. */
  readonly offset: number;
  readonly byteLength: number;
  readonly elements: number;
}

/** Where all tensors of a signature lie, in its order, each at a multiple of `ALIGNMENT`: docs/protocol.md 2. */
export interface Layout {
  readonly places: readonly TensorPlace[];
  /** Bytes of the data section; nothing follows the last tensor. */
  readonly byteLength: number;
}

/** Where each tensor of a signature lies in the data section. */
export function layoutOf(signature: Signature): Layout {
  let end = 0;
  const places = signature.map((spec) => {
    const elements = elementCount(spec);
    const place = { offset: aligned(end), byteLength: elements * BYTES_PER_ELEMENT[spec.dtype], elements };
    end = place.offset + place.byteLength;
    return place;
  });
  return { places, byteLength: end };
}

/** The next multiple of the alignment. */
export function aligned(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
