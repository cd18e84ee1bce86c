import type { Example } from '../model/logistic-regression.js';
import { type Random, shuffled } from '../model/random.js';

/** Examples in two parts, each in random order. */
export interface Split {
  readonly rest: readonly Example[];
  readonly heldOut: readonly Example[];
}

/** Holds out a share of each class, at least one example of each that there is. */
export function splitByClass(examples: readonly Example[], share: number, random: Random): Split {
  const classes = [true, false].map((isPositive) => {
    const members = shuffled(
      examples.filter((example) => example.isPositive === isPositive),
      random,
    );
    const count = Math.max(1, Math.round(share * members.length));
    return { rest: members.slice(count), heldOut: members.slice(0, count) };
  });
  return { rest: classes.flatMap(({ rest }) => rest), heldOut: classes.flatMap(({ heldOut }) => heldOut) };
}
