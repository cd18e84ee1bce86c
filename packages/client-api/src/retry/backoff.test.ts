import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from './backoff.js';

test('the longest wait doubles from 250 ms to 5 s', () => {
  const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => backoffMs(attempt, 1));

  expect(longest).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000]);
});

test('jitter is full: from nothing to the longest wait', () => {
  expect(backoffMs(3, 0)).toBe(0);
  expect(backoffMs(3, 0.5)).toBe(500);
});

test('no wait is negative or longer than 5 s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const wait = backoffMs(attempt, random);

        expect(wait >= 0 && wait <= 5_000).toBe(true);
      },
    ),
  );
});
