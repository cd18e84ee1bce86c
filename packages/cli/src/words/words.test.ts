import { expect, it } from '@jest/globals';
import { byteText } from './byte-text.js';
import { facts } from './facts.js';
import { metricsText } from './metrics-text.js';

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
