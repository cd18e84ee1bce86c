import type { Strike } from '../src/strikes/strike.js';

/** A strike in which only the given facts matter. */
export function aStrike(facts: Partial<Strike> = {}): Strike {
  return {
    airport: 'SOMEWHERE INTL',
    aircraft: 'B-737-300',
    operator: 'SOME AIRLINES',
    phase: 'Approach',
    wildlifeSize: 'Small',
    wildlifeSpecies: 'Unknown bird - small',
    timeOfDay: 'Day',
    month: 7,
    speedKnots: 140,
    isDamaged: false,
    ...facts,
  };
}
