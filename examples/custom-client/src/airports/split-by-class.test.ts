import { describe, expect, it } from '@jest/globals';
import type { Example } from '../model/logistic-regression.js';
import { createRandom } from '../model/random.js';
import { splitByClass } from './split-by-class.js';

const examples: Example[] = Array.from({ length: 100 }, (_, i) => ({
  features: Float32Array.of(i),
  isPositive: i % 10 === 0,
}));
const idsOf = (part: readonly Example[]) => part.map(({ features }) => features[0]!);

describe('splitByClass', () => {
  it('holds out the share of each class, and every example stands in one part', () => {
    const { rest, heldOut } = splitByClass(examples, 0.3, createRandom(1));
    expect(heldOut.filter(({ isPositive }) => isPositive)).toHaveLength(3);
    expect(heldOut).toHaveLength(30);
    expect([...idsOf(rest), ...idsOf(heldOut)].sort((a, b) => a - b)).toEqual(idsOf(examples));
  });

  it('is the same for the same seed and another for another', () => {
    const heldOut = (seed: number) => idsOf(splitByClass(examples, 0.3, createRandom(seed)).heldOut);
    expect(heldOut(4)).toEqual(heldOut(4));
    expect(heldOut(4)).not.toEqual(heldOut(5));
  });

  it('holds out one of a class that is too small for its share', () => {
    const few = examples.slice(0, 11);
    const { heldOut } = splitByClass(few, 0.1, createRandom(1));
    expect(heldOut.filter(({ isPositive }) => isPositive)).toHaveLength(1);
  });
});
