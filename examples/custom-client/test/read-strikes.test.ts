import { describe, expect, it } from '@jest/globals';
import { airportsOf } from '../src/airports/airport.js';
import { readStrikes } from '../src/strikes/read-strikes.js';

describe('readStrikes', () => {
  it('reads the whole table, of which one strike in ten did damage', async () => {
    const strikes = await readStrikes();
    expect(strikes).toHaveLength(10_000);
    expect(strikes.filter(({ isDamaged }) => isDamaged)).toHaveLength(1_061);
    expect(new Set(strikes.map(({ airport }) => airport)).size).toBe(50);
    expect(airportsOf(strikes, { seed: 1, measure: 'test' })).toHaveLength(35);
  });
});
