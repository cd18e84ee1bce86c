import { BYTES_PER_ELEMENT, layoutOf } from '@fedops/parameters';
import type { Dtype, Signature } from '@fedops/shared-types';
import { hasMoments, momentSignature } from './moments.js';

/** A place in a data section, in bytes from its start. */
export interface Range {
  readonly offset: number;
  readonly byteLength: number;
}

/** A stretch of one tensor. */
export interface TilePlace {
  readonly tensor: number;
  readonly dtype: Dtype;
  readonly elements: number;
  readonly data: Range;
  /** In a moment's data section; undefined for tensors without moments. */
  readonly moments: Range | undefined;
}

/** Tiles that lie close together: read at once, folded one after another. */
export interface Span {
  readonly tiles: readonly TilePlace[];
  readonly data: Range;
  readonly moments: Range | undefined;
}

/** The tiles of all tensors, in order. */
export function* tilesOf(signature: Signature, tileBytesOf: (dtype: Dtype) => number): Iterable<TilePlace> {
  const { places } = layoutOf(signature);
  const momentPlaces = layoutOf(momentSignature(signature)).places;
  let moment = 0;
  for (const [tensor, { dtype }] of signature.entries()) {
    const tileBytes = tileBytesOf(dtype);
    const place = places[tensor]!;
    const momentPlace = hasMoments(dtype) ? momentPlaces[moment++] : undefined;
    for (let at = 0; at < place.byteLength; at += tileBytes) {
      const byteLength = Math.min(tileBytes, place.byteLength - at);
      const [first, elements] = [at / BYTES_PER_ELEMENT[dtype], byteLength / BYTES_PER_ELEMENT[dtype]];
      yield {
        tensor,
        dtype,
        elements,
        data: { offset: place.offset + at, byteLength },
        moments: momentPlace && { offset: momentPlace.offset + first * 4, byteLength: elements * 4 },
      };
    }
  }
}

/**
 * Keeps the alignment of the tensors: spans begin where a tile does.
 *
 * @param belong Whether the second tile may be in the span of the first, which ends in front of it.
 */
export function* spansOf(
  tiles: Iterable<TilePlace>,
  belong: (first: TilePlace, last: TilePlace) => boolean,
): Iterable<Span> {
  let near: TilePlace[] = [];
  for (const tile of tiles) {
    if (near.length > 0 && !belong(near[0]!, tile)) {
      yield spanOf(near);
      near = [];
    }
    near.push(tile);
  }
  if (near.length > 0) yield spanOf(near);
}

function spanOf(tiles: readonly TilePlace[]): Span {
  const moments = tiles.flatMap((tile) => tile.moments ?? []);
  return {
    tiles,
    data: rangeOver(tiles.map(({ data }) => data))!,
    moments: rangeOver(moments),
  };
}

function rangeOver(ranges: readonly Range[]): Range | undefined {
  const [first, last] = [ranges[0], ranges.at(-1)];
  return first && last && { offset: first.offset, byteLength: endOf(last) - first.offset };
}

export function endOf({ offset, byteLength }: Range): number {
  return offset + byteLength;
}

/** The bytes of a range in a buffer that holds it from `at` on. */
export function within(buffer: Uint8Array, at: number, { byteLength }: Range): Uint8Array {
  return buffer.subarray(at, at + byteLength);
}
