import { expect, it } from '@jest/globals';
import { byteText } from './byte-text.js';
import { durationText, timeText } from './duration.js';
import { facts } from './facts.js';
import { metricsText } from './metrics-text.js';

it.each([
  [-5, '0.0 s'],
  [420, '0.4 s'],
  [42_000, '42 s'],
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

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [3_250_585, '3.1 MiB'],
  [5 * 1024 ** 5, '5120.0 TiB'],
])('says %d bytes as %s', (bytes, text) => {
  expect(byteText(bytes)).toBe(text);
});

it('says measurements in their order, to four digits', () => {
  expect(metricsText({ accuracy: 0.912345, loss: 1e-7, clients: 3 })).toBe(
    'accuracy 0.9123, loss 1e-7, clients 3',
  );
  expect(metricsText({})).toBe('');
});

it('sets values below one another, leaves out what is not known, and lets nothing break a line', () => {
  expect(
    facts([
      ['task', 'a\nb'],
      ['none', undefined],
      ['FL server', 'x'],
    ]),
  ).toBe('task       a·b\nFL server  x');
});
