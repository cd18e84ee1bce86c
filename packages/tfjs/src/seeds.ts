import { type RandomGenerator, unsafeUniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/**
 * Seeds for the initialisers of a model's layers, one a call: the same seed gives the same sequence, and so the
 * same initial weights. From 1 to 2³¹ - 1; TensorFlow.js takes a seed of 0 for none at all.
 */
export function createSeeds(seed: number): () => number {
  const random = xoroshiro128plus(seed);
  return () => nextSeed(random);
}

/** A seed as TensorFlow.js wants it. */
export function nextSeed(random: RandomGenerator): number {
  return unsafeUniformIntDistribution(1, 0x7fff_ffff, random);
}
