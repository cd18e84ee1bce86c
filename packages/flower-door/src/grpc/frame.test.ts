import { expect, test } from '@jest/globals';
import { lengthIn, prefixOf } from './frame.js';

test('announces a length that is read again', () => {
  expect(lengthIn(prefixOf(70_000), 70_000)).toBe(70_000);
  expect([...prefixOf(0x0102)]).toEqual([0, 0, 0, 1, 2]);
});

test('refuses a length beyond the limit, and one that the prefix has no room for', () => {
  const tooLarge = expect.objectContaining({ code: 'too-large' });
  expect(() => lengthIn(prefixOf(11), 10)).toThrow(tooLarge);
  expect(() => prefixOf(2 ** 32)).toThrow(tooLarge);
});

test('refuses a compressed message', () => {
  expect(() => lengthIn(Buffer.from([1, 0, 0, 0, 1]), 10)).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  );
});
