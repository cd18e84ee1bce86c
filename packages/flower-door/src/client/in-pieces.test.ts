import { expect, test } from '@jest/globals';
import { inPieces } from './in-pieces.js';

const KIB = 1024;

/** Parts of these lengths, in one memory that counts on. */
function partsOf(lengths: readonly number[]): Uint8Array[] {
  let next = 0;
  return lengths.map((length) => Uint8Array.from({ length }, () => next++ % 251));
}

/** Copies, since a piece is good until the next alone. */
const piecesOf = (parts: readonly Uint8Array[]) =>
  Array.from(inPieces(parts), (piece) => Uint8Array.from(piece));

test.each([
  ['nothing', []],
  ['parts without bytes', [0, 0]],
  ['many small parts', Array.from({ length: 3_000 }, (_, i) => i % 97)],
  ['a small part before a large one', [20, 200 * KIB, 7]],
  ['parts that are just large enough', [64 * KIB, 64 * KIB - 1, 64 * KIB + 1, 1, 128 * KIB]],
  ['a part beyond the largest piece', [5, 2 * 1024 * KIB + 3, 1024 * KIB, 9]],
])('loses nothing of %s', (_, lengths) => {
  const parts = partsOf(lengths);

  expect(Buffer.concat(piecesOf(parts)).equals(Buffer.concat(parts))).toBe(true);
});

test('no piece is larger than 1 MiB, and none but the last smaller than 64 KiB', () => {
  const lengths = [300, 70 * KIB, 63, 1_500 * KIB, 12, 12, 3 * 1024 * KIB, 1];
  const sizes = piecesOf(partsOf(lengths)).map(({ length }) => length);

  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * KIB);
  expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(64 * KIB);
});

test('a large part is not copied', () => {
  const [part] = partsOf([300 * KIB]);
  const [piece] = inPieces([part!]);

  expect(piece?.buffer).toBe(part?.buffer);
});
