import { FedOpsError } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { isPassing, retryDelayMs } from './retry.js';

const unavailable = new FedOpsError('unavailable', 'gone');

it('waits longer with every failure, at most 15 s, and at least half of that', () => {
  const longest = [1, 2, 3, 7, 100].map((failures) => retryDelayMs(unavailable, failures, 1));
  expect(longest).toEqual([250, 500, 1_000, 15_000, 15_000]);
  expect(retryDelayMs(unavailable, 1, 0)).toBe(125);
});

it('waits as long as the server asks for, at most 15 s, and somewhat more', () => {
  const busy = (retryAfterMs: number) => new FedOpsError('overloaded', 'busy', { details: { retryAfterMs } });
  expect(retryDelayMs(busy(5_000), 1, 0)).toBe(5_000);
  expect(retryDelayMs(busy(5_000), 1, 0.5)).toBe(7_500);
  expect(retryDelayMs(busy(1e9), 1, 0)).toBe(15_000);
});

it('asks again only where that may help', () => {
  const passing = ['unavailable', 'overloaded', 'deadline-exceeded'] as const;
  const final = ['unauthenticated', 'bad-response', 'not-found', 'internal', 'aborted'] as const;
  for (const code of passing) expect(isPassing(new FedOpsError(code, ''))).toBe(true);
  for (const code of final) expect(isPassing(new FedOpsError(code, ''))).toBe(false);
});
