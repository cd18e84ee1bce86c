import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, retryDelayMs } from './backoff.js';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the pause before another attempt', () => {
  test('doubles from half a second to 15 s', () => {
    expect([1, 2, 3, 4, 5, 6, 1_000].map((failures) => backoffMs(failures, 0.999_999))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000,
    ]);
  });

  test('is at least half of its longest, whatever chance says', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), random, (failures, chance) => {
        const longest = backoffMs(failures, 1);
        expect(backoffMs(failures, chance)).toBeGreaterThanOrEqual(longest / 2);
        expect(backoffMs(failures, chance)).toBeLessThanOrEqual(longest);
      }),
    );
  });

  test('is as long as the server asks for, and never shorter than ours', () => {
    const asking = (retryAfterMs: unknown) =>
      new FedOpsError('overloaded', 'later', { details: { retryAfterMs } });
    expect(retryDelayMs(asking(60_000), 1, 0)).toBe(60_000);
    expect(retryDelayMs(asking(0), 1, 0)).toBe(250);
    expect(retryDelayMs(asking('soon'), 1, 0)).toBe(250);
  });
});
