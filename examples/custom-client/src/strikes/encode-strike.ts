import { fnv1a } from '../model/hash.js';
import type { Strike } from './strike.js';

// All clients encode alike without having seen one another's rows: values are listed here, free text is hashed into a
// fixed number of buckets, and numbers have fixed scales. Nothing is fitted to data, so nothing leaks.
const PHASES = ['Approach', 'Climb', 'Take-off run', 'Landing Roll', 'Descent', 'Taxi', 'Parked'];
const SIZES = ['Small', 'Medium', 'Large'];
const TIMES_OF_DAY = ['Dawn', 'Day', 'Dusk', 'Night'];
const MONTHS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'];

const SPECIES_BUCKETS = 64;
const AIRCRAFT_BUCKETS = 64;
const OPERATOR_BUCKETS = 32;

/** About the middle of reported speeds, and a step that puts most of them between −1 and 1. */
const TYPICAL_KNOTS = 150;
const KNOTS_STEP = 100;

type Write = (strike: Strike, into: Float32Array) => void;

interface Block {
  readonly width: number;
  readonly write: Write;
}

const BLOCKS: readonly Block[] = [
  oneOf(SIZES, (strike) => strike.wildlifeSize),
  oneOf(PHASES, (strike) => strike.phase),
  oneOf(TIMES_OF_DAY, (strike) => strike.timeOfDay),
  oneOf(MONTHS, (strike) => String(strike.month)),
  bucketed(SPECIES_BUCKETS, (strike) => strike.wildlifeSpecies),
  bucketed(AIRCRAFT_BUCKETS, (strike) => strike.aircraft),
  bucketed(OPERATOR_BUCKETS, (strike) => strike.operator),
  { width: 2, write: writeSpeed },
];

/** Length of an encoded strike. */
export const FEATURE_COUNT = BLOCKS.reduce((sum, { width }) => sum + width, 0);

/** A strike as numbers between about −1.5 and 2, `FEATURE_COUNT` of them. A value that no table lists is all zeros. */
export function encodeStrike(strike: Strike): Float32Array {
  const features = new Float32Array(FEATURE_COUNT);
  let start = 0;
  for (const { width, write } of BLOCKS) {
    write(strike, features.subarray(start, start + width));
    start += width;
  }
  return features;
}

function oneOf(values: readonly string[], valueFrom: (strike: Strike) => string): Block {
  return {
    width: values.length,
    write(strike, into) {
      const index = values.indexOf(valueFrom(strike));
      if (index >= 0) into[index] = 1;
    },
  };
}

function bucketed(buckets: number, valueFrom: (strike: Strike) => string): Block {
  return {
    width: buckets,
    write(strike, into) {
      into[fnv1a(valueFrom(strike)) % buckets] = 1;
    },
  };
}

function writeSpeed({ speedKnots }: Strike, into: Float32Array): void {
  if (speedKnots === null) return;
  into[0] = 1;
  into[1] = (speedKnots - TYPICAL_KNOTS) / KNOTS_STEP;
}
