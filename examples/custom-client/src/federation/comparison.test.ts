import { describe, expect, it } from '@jest/globals';
import type { Airport } from '../airports/airport.js';
import type { Example } from '../model/logistic-regression.js';
import { compare } from './comparison.js';
import { reportText } from './report-text.js';

const byFirst = { weights: Float64Array.of(1), bias: 0 };
const reversed = { weights: Float64Array.of(-1), bias: 0 };
const indifferent = { weights: Float64Array.of(0), bias: 0 };

function anAirport(name: string): Airport {
  const heldOut: Example[] = [0, 1, 2, 3].map((value) => ({
    features: Float32Array.of(value),
    isPositive: value > 1,
  }));
  return { name, training: heldOut.slice(0, 3), heldOut };
}

const comparison = compare(
  [
    { airport: anAirport('A'), alone: indifferent },
    { airport: anAirport('B'), alone: reversed },
    { airport: anAirport('C'), alone: byFirst },
  ],
  byFirst,
);

describe('compare', () => {
  it('scores each airport by its own model and by the global one', () => {
    expect(comparison.scores.map(({ localAuc, globalAuc }) => [localAuc, globalAuc])).toEqual([
      [0.5, 1],
      [0, 1],
      [1, 1],
    ]);
    expect(comparison.scores[0]).toMatchObject({ trainingRows: 3, heldOutRows: 4, heldOutDamaged: 2 });
  });

  it('sums up: means, who is better where, and one ranking of all rows', () => {
    expect(comparison.summary).toMatchObject({
      airports: 3,
      meanLocalAuc: 0.5,
      meanGlobalAuc: 1,
      pooledGlobalAuc: 1,
      globalIsBetter: 2,
      localIsBetter: 0,
    });
    expect(comparison.summary.pooledLocalAuc).toBeCloseTo(0.5, 10);
  });
});

describe('reportText', () => {
  it('has a line for each airport that names the better model, and the sums', () => {
    const lines = reportText(comparison).split('\n');
    expect(lines.slice(1, 4).map((line) => line.split(/\s+/).at(-1))).toEqual(['global', 'global', 'equal']);
    expect(lines.join('\n')).toContain('better: global at 2 airports, local at 0, equal at 1');
  });
});
