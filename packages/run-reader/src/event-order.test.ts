import { expect, it } from '@jest/globals';
import { isAfter } from './event-order.js';

const event = (id: string) => ({ id, kind: 'run-resumed' as const });

it.each([
  ['1a-2.0', '1a-1.0', true],
  ['1a-10.0', '1a-9.0', true],
  ['1a-1.2', '1a-1.1', true],
  ['1a-2.0', '1a-1.9', true],
  ['1a-1.0', '1a-1.0', false],
  ['1a-1.1', '1a-1.1', false],
  ['1a-1.9', '1a-2.0', false],
  ['1b-1.0', '1a-9.0', true],
  ['1a-1.0', '0', true],
])('%s comes after %s: %s', (id, last, expected) => {
  expect(isAfter(event(id), last)).toBe(expected);
});

it('everything comes after nothing, and a whole picture after everything', () => {
  expect(isAfter(event('1a-1.0'), undefined)).toBe(true);
  expect(isAfter({ id: '1a-1.0', kind: 'reset' }, '1a-1.0')).toBe(true);
});
