import { expect, test } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const now = Date.parse('2026-11-24T00:00:00Z');

test.each([
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['Tue, 24 Nov 2026 00:00:30 GMT', 30_000],
  ['Tuesday, 24-Nov-26 00:00:30 GMT', 30_000],
  ['Tue Nov 24 00:00:30 2026 GMT', 30_000],
  ['Mon, 23 Nov 2026 00:00:00 GMT', 0],
])('%p asks for %p ms', (header, ms) => {
  expect(retryAfterMs(header, now)).toBe(ms);
});

test.each([[undefined], [''], ['soon'], ['-1'], ['1.5'], ['2026'.repeat(5)], ['NaN'], ['Fri, 99 Foo']])(
  '%p asks for nothing',
  (header) => {
    expect(retryAfterMs(header, now)).toBeUndefined();
  },
);
