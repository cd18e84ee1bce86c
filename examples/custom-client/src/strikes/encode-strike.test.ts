import { describe, expect, it } from '@jest/globals';
import { aStrike } from '../../test/a-strike.js';
import { encodeStrike, FEATURE_COUNT } from './encode-strike.js';

const differing = (a: Float32Array, b: Float32Array) => a.filter((value, i) => value !== b[i]).length;

describe('encodeStrike', () => {
  it('has one fixed length, whatever the strike', () => {
    expect(FEATURE_COUNT).toBe(188);
    expect(encodeStrike(aStrike())).toHaveLength(FEATURE_COUNT);
  });

  it('moves one mark from one place to another for another value', () => {
    const one = encodeStrike(aStrike());
    expect(differing(one, encodeStrike(aStrike({ wildlifeSize: 'Large' })))).toBe(2);
    expect(differing(one, encodeStrike(aStrike({ month: 12 })))).toBe(2);
    expect(differing(one, encodeStrike(aStrike({ wildlifeSpecies: 'Canada goose' })))).toBe(2);
  });

  it('knows neither the airport nor the outcome', () => {
    const other = aStrike({ airport: 'ELSEWHERE', isDamaged: true });
    expect(encodeStrike(other)).toEqual(encodeStrike(aStrike()));
  });

  it('tells an unreported speed from a typical one', () => {
    const speed = (speedKnots: number | null) => [...encodeStrike(aStrike({ speedKnots })).slice(-2)];
    expect(speed(null)).toEqual([0, 0]);
    expect(speed(150)).toEqual([1, 0]);
    expect(speed(250)).toEqual([1, 1]);
  });

  it('leaves a value that no table lists at zero', () => {
    const marks = (phase: string) => encodeStrike(aStrike({ phase })).filter((value) => value === 1).length;
    expect(marks('Moonwalk')).toBe(marks('Climb') - 1);
  });
});
