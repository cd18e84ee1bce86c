import { expect, test } from '@jest/globals';
import { reverseAxes } from './reverse-axes.js';

/** The same by the definition, one element at a time. */
function oneByOne(bytes: Uint8Array, shape: readonly number[], bytesPerElement: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let target = 0; target < bytes.length / bytesPerElement; target++) {
    let rest = target;
    const index = shape.toReversed().map((size) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    });
    const source = index.reduce((sum, at, i) => sum * shape[shape.length - 1 - i]! + at, 0);
    result.set(
      bytes.subarray(source * bytesPerElement, (source + 1) * bytesPerElement),
      target * bytesPerElement,
    );
  }
  return result;
}

test.each([
  [[], 4],
  [[0, 3], 4],
  [[5, 1, 7], 1],
  [[65, 130], 1],
  [[67, 129], 2],
  [[3, 3, 33, 35], 4],
  [[101, 103], 8],
  [[2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 4],
  [[70, 71], 16],
])('turns a tensor of %j with elements of %i bytes, wherever its bytes lie', (shape, bytesPerElement) => {
  const length = shape.reduce((product, size) => product * size, bytesPerElement);
  const bytes = new Uint8Array(length + 1).subarray(1).map((_, i) => (i * 131 + (i >> 8)) & 0xff);

  const expected = oneByOne(bytes, shape, bytesPerElement);

  expect(Buffer.from(reverseAxes(bytes, shape, bytesPerElement)).equals(expected)).toBe(true);
});
