import { expect, test } from '@jest/globals';
import { createSeeds } from './seeds.js';

test('gives the same sequence for the same seed, another for another', () => {
  const sequence = (seed: number) => Array.from({ length: 5 }, createSeeds(seed));

  expect(sequence(0)).toEqual(sequence(0));
  expect(sequence(0)).not.toEqual(sequence(1));
  expect(new Set(sequence(0)).size).toBe(5);
});

test('never gives 0, which TensorFlow.js takes for no seed', () => {
  const next = createSeeds(3);

  for (let i = 0; i < 1_000; i++) expect(next()).toBeGreaterThan(0);
});
