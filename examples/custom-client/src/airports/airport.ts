import { fnv1a } from '../model/hash.js';
import type { Example } from '../model/logistic-regression.js';
import { createRandom } from '../model/random.js';
import { encodeStrike } from '../strikes/encode-strike.js';
import type { Strike } from '../strikes/strike.js';
import { splitByClass } from './split-by-class.js';

/** What one client has: the strikes of its airport, parted into those to train on and those to measure with. */
export interface Airport {
  readonly name: string;
  readonly training: readonly Example[];
  readonly heldOut: readonly Example[];
}

/**
 * What is held out to measure with: the test rows, or, to choose settings by, a part of the training rows, in which
 * case the test rows are left out altogether.
 */
export type Measure = 'test' | 'validation';

export interface AirportSettings {
  readonly seed: number;
  readonly measure: Measure;
}

const HELD_OUT_SHARE = 0.3;

/** With fewer there would be too few to train on, and fewer than three cases of damage to measure with. */
const LEAST_STRIKES = 100;
const LEAST_DAMAGED = 10;

/** The airports that have enough strikes to take part, by name in code-unit order. */
export function airportsOf(strikes: readonly Strike[], settings: AirportSettings): Airport[] {
  const byName = new Map<string, Strike[]>();
  for (const strike of strikes) {
    const group = byName.get(strike.airport);
    if (group === undefined) byName.set(strike.airport, [strike]);
    else group.push(strike);
  }
  return [...byName]
    .filter(([, group]) => takesPart(group))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => airportOf(name, group, settings));
}

function takesPart(group: readonly Strike[]): boolean {
  const damaged = group.filter(({ isDamaged }) => isDamaged).length;
  return group.length >= LEAST_STRIKES && damaged >= LEAST_DAMAGED;
}

function airportOf(name: string, strikes: readonly Strike[], { seed, measure }: AirportSettings): Airport {
  const random = createRandom(fnv1a(`split/${seed}/${name}`));
  const examples = strikes.map((strike) => ({
    features: encodeStrike(strike),
    isPositive: strike.isDamaged,
  }));
  const parts = splitByClass(examples, HELD_OUT_SHARE, random);
  const { rest, heldOut } = measure === 'test' ? parts : splitByClass(parts.rest, HELD_OUT_SHARE, random);
  return { name, training: rest, heldOut };
}
