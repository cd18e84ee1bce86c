import { expect, test } from '@jest/globals';
import { quantilesOf } from './quantiles.js';

test('takes the nearest rank, whatever the order', () => {
  const series = Array.from({ length: 200 }, (_, i) => 200 - i);

  expect(quantilesOf(series)).toEqual({ count: 200, median: 100, p99: 198, max: 200 });
});

test('of one value all are that value, of none there is none', () => {
  expect(quantilesOf([7])).toEqual({ count: 1, median: 7, p99: 7, max: 7 });
  expect(quantilesOf([])).toEqual({ count: 0, median: Number.NaN, p99: Number.NaN, max: Number.NaN });
});
