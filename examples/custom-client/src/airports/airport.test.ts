import { describe, expect, it } from '@jest/globals';
import { aStrike } from '../../test/a-strike.js';
import { airportsOf } from './airport.js';

function strikesAt(airport: string, { count, damaged }: { count: number; damaged: number }) {
  return Array.from({ length: count }, (_, i) =>
    aStrike({ airport, isDamaged: i < damaged, speedKnots: i, month: (i % 12) + 1 }),
  );
}

const speedsOf = (part: readonly { features: Float32Array }[]) => part.map(({ features }) => features.at(-1));

describe('airportsOf', () => {
  it('takes the airports with enough strikes and enough damage, in order of name', () => {
    const strikes = [
      ...strikesAt('C', { count: 100, damaged: 10 }),
      ...strikesAt('B', { count: 99, damaged: 50 }),
      ...strikesAt('A', { count: 200, damaged: 11 }),
      ...strikesAt('D', { count: 400, damaged: 9 }),
    ];
    const names = airportsOf(strikes, { seed: 1, measure: 'test' }).map(({ name }) => name);
    expect(names).toEqual(['A', 'C']);
  });

  it('holds out three tenths of each class', () => {
    const [airport] = airportsOf(strikesAt('A', { count: 200, damaged: 20 }), { seed: 1, measure: 'test' });
    expect(airport!.training).toHaveLength(140);
    expect(airport!.heldOut.filter(({ isPositive }) => isPositive)).toHaveLength(6);
  });

  it('measures validation with training rows alone: no test row is among them', () => {
    const strikes = strikesAt('A', { count: 200, damaged: 20 });
    const [tested] = airportsOf(strikes, { seed: 3, measure: 'test' });
    const [validated] = airportsOf(strikes, { seed: 3, measure: 'validation' });
    const testSpeeds = new Set(speedsOf(tested!.heldOut));
    const used = [...speedsOf(validated!.training), ...speedsOf(validated!.heldOut)];
    expect(used).toHaveLength(140);
    expect(used.filter((speed) => testSpeeds.has(speed))).toEqual([]);
  });

  it("splits an airport alike whoever else takes part: nobody needs to know of others' rows", () => {
    const alone = strikesAt('B', { count: 120, damaged: 12 });
    const settings = { seed: 2, measure: 'test' } as const;
    const among = airportsOf([...strikesAt('A', { count: 150, damaged: 15 }), ...alone], settings);
    expect(among.find(({ name }) => name === 'B')).toEqual(airportsOf(alone, settings)[0]);
  });
});
