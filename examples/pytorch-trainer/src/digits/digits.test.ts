import { expect, test } from '@jest/globals';
import { firstOf, SIDE } from './digits.js';

test('takes the first images of some digits, each with its label', () => {
  const labels = Uint8Array.of(3, 1, 4, 1, 5, 3);
  const pixels = new Uint8Array(labels.length * SIDE * SIDE);
  for (const i of labels.keys()) pixels.fill(10 * i, i * SIDE * SIDE, (i + 1) * SIDE * SIDE);

  const selected = firstOf([1, 3], 3, { pixels, labels });

  expect([...selected.labels]).toEqual([3, 1, 1]);
  expect(selected.pixels.length).toBe(3 * SIDE * SIDE);
  expect([0, 1, 2].map((i) => selected.pixels[i * SIDE * SIDE])).toEqual([0, 10, 30]);
});
