import { expect, it } from '@jest/globals';
import { counted } from './counted.js';
import { durationText, timeText } from './duration.js';

it.each([
  [-5, '0 s'],
  [420, '0.4 s'],
  [3_000, '3 s'],
  [42_900, '42 s'],
  [185_000, '3 min'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
  [300_000_000, '3 days'],
])('says %d ms as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

it('says a time to the second', () => {
  expect(timeText('2026-11-24T12:00:05.123Z')).toBe('2026-11-24 12:00:05 UTC');
});

it('counts one without an s', () => {
  expect([0, 1, 2].map((count) => counted(count, 'client'))).toEqual(['0 clients', '1 client', '2 clients']);
});
