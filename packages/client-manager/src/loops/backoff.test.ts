import { describe, expect, it } from '@jest/globals';
import { backoffMs, jittered } from './backoff.js';

const JUST_BELOW_ONE = 1 - 2 ** -53;

describe('the wait after failures in a row', () => {
  it.each([
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [5, 8_000, 16_000],
    [6, 15_000, 30_000],
    [5_000, 15_000, 30_000],
  ])('after %i failures lies between %i and %i ms', (failures, least, most) => {
    expect(backoffMs(failures, 0)).toBe(least);
    expect(backoffMs(failures, JUST_BELOW_ONE)).toBe(most);
  });

  it('differs between devices that draw differently', () => {
    expect(backoffMs(3, 0.25)).toBe(2_500);
    expect(backoffMs(3, 0.75)).toBe(3_500);
  });
});

describe('an interval with jitter', () => {
  it('is never shorter than asked, and at most a quarter longer', () => {
    expect(jittered(4_000, 0)).toBe(4_000);
    expect(jittered(4_000, 0.5)).toBe(4_500);
    expect(jittered(4_000, JUST_BELOW_ONE)).toBe(5_000);
  });
});
