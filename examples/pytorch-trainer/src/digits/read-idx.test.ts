import { expect, test } from '@jest/globals';
import { readIdx } from './read-idx.js';

const FILE = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 7, 9);

test('gives the elements', () => {
  expect([...readIdx(FILE, [2, 1])]).toEqual([7, 9]);
});

test.each([
  ['of another shape', FILE, [1, 2]],
  ['of another rank', FILE, [2]],
  ['that is cut off', FILE.subarray(0, 13), [2, 1]],
  ['of other elements', FILE.with(2, 9), [2, 1]],
  ['that is empty', new Uint8Array(0), [2, 1]],
])('refuses a file %s', (_, file, shape) => {
  expect(() => readIdx(file, shape)).toThrow(expect.objectContaining({ code: 'bad-response' }));
});
