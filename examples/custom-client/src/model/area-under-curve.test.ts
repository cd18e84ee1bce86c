import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { areaUnderCurve, type Rated } from './area-under-curve.js';

const positive = (score: number): Rated => ({ score, isPositive: true });
const negative = (score: number): Rated => ({ score, isPositive: false });

function byPairs(rated: readonly Rated[]): number {
  const wins = rated.flatMap((a) =>
    rated
      .filter((b) => a.isPositive && !b.isPositive)
      .map((b) => (a.score === b.score ? 0.5 : Number(a.score > b.score))),
  );
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}

describe('areaUnderCurve', () => {
  it('is 1 for a perfect order, 0 for its reverse, and half for ties alone', () => {
    expect(areaUnderCurve([negative(0.1), positive(0.9), negative(0.2)])).toBe(1);
    expect(areaUnderCurve([negative(0.9), positive(0.1)])).toBe(0);
    expect(areaUnderCurve([negative(0.5), positive(0.5), negative(0.5)])).toBe(0.5);
  });

  it('counts a tie half', () => {
    expect(areaUnderCurve([positive(2), positive(1), negative(1), negative(0)])).toBe(0.875);
  });

  it('agrees with counting pairs, whatever the scores and their order', () => {
    const rated = fc.record({ score: fc.integer({ min: 0, max: 6 }), isPositive: fc.boolean() });
    fc.assert(
      fc.property(fc.array(rated, { maxLength: 30 }), (some) => {
        const both = [...some, positive(3), negative(3)];
        expect(areaUnderCurve(both)).toBeCloseTo(byPairs(both), 12);
      }),
    );
  });

  it.each([[[]], [[positive(1)]], [[negative(1)]], [[positive(Number.NaN), negative(0)]]])(
    'refuses %j',
    (rated) => {
      expect(() => areaUnderCurve(rated)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    },
  );
});
