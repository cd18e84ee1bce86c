import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { parseIdx } from './idx.js';

const image = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

test('reads shape and bytes', () => {
  const { shape, bytes } = parseIdx(image, 'images');

  expect(shape).toEqual([2, 3]);
  expect([...bytes]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('reads a gzipped file the same', () => {
  expect([...parseIdx(gzipSync(image), 'images').bytes]).toEqual([1, 2, 3, 4, 5, 6]);
});

test('reads a file that lies within a larger buffer', () => {
  const larger = new Uint8Array(image.length + 5);
  larger.set(image, 3);

  expect(parseIdx(larger.subarray(3, 3 + image.length), 'images').shape).toEqual([2, 3]);
});

test.each([
  ['nothing', new Uint8Array(0)],
  ['another magic', Uint8Array.of(1, 0, 8, 1, 0, 0, 0, 0)],
  ['elements that are no bytes', Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0)],
  ['a header that is cut off', image.subarray(0, 9)],
  ['too few elements', image.subarray(0, image.length - 1)],
  ['too many elements', Uint8Array.from([...image, 7])],
  ['a damaged gzip', gzipSync(image).subarray(0, 12)],
])('refuses %s', (_, file) => {
  expect(() => parseIdx(file, 'images')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
