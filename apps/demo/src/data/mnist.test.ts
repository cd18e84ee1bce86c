import { expect, test } from '@jest/globals';
import { digitImages, IMAGE_SIZE, readMnist, selectImages } from './mnist.js';

/** How often each digit stands in MNIST, as its authors published it. */
const PUBLISHED = {
  train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
  test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
};

test.each(['train', 'test'] as const)('reads the real %s set', async (set) => {
  const { pixels, labels } = await readMnist(set);

  const counts = new Array<number>(10).fill(0);
  for (const label of labels) counts[label]!++;
  expect(counts).toEqual(PUBLISHED[set]);
  expect(pixels.length).toBe(labels.length * IMAGE_SIZE);
});

test('selects images with their labels, in the order asked for', () => {
  const images = { pixels: new Uint8Array(3 * IMAGE_SIZE), labels: Uint8Array.of(7, 8, 9) };
  images.pixels[2 * IMAGE_SIZE] = 200;

  const { pixels, labels } = selectImages(images, Uint32Array.of(2, 0));

  expect([...labels]).toEqual([9, 7]);
  expect([pixels.length, pixels[0], pixels[IMAGE_SIZE]]).toEqual([2 * IMAGE_SIZE, 200, 0]);
});

const images = { shape: [2, 28, 28], bytes: new Uint8Array(2 * IMAGE_SIZE) };
const labels = { shape: [2], bytes: Uint8Array.of(3, 4) };

test.each([
  ['more labels than images', images, { shape: [3], bytes: new Uint8Array(3) }],
  ['images of another size', { shape: [2, 32, 32], bytes: new Uint8Array(2048) }, labels],
  ['a label that is no digit', images, { shape: [2], bytes: Uint8Array.of(3, 10) }],
])('refuses %s', (_, someImages, someLabels) => {
  expect(() => digitImages(someImages, someLabels, 2)).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});
