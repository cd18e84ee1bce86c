import { expect, test } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const NOW = Date.parse('Tue, 24 Nov 2026 00:00:00 GMT');

test.each([
  ['7', 7_000],
  ['0', 0],
  ['Tue, 24 Nov 2026 00:00:30 GMT', 30_000],
  ['Mon, 23 Nov 2026 00:00:00 GMT', 0],
  ['soon', undefined],
  ['-1x', undefined],
  [undefined, undefined],
])('Retry-After: %s asks for %s ms', (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});
