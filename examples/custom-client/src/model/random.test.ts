import { describe, expect, it } from '@jest/globals';
import { createRandom, shuffled } from './random.js';

const numbers = Array.from({ length: 100 }, (_, i) => i);

describe('createRandom', () => {
  it('gives one sequence for one seed, and another for another', () => {
    const take = (seed: number) => Array.from({ length: 5 }, createRandom(seed));
    expect(take(7)).toEqual(take(7));
    expect(take(7)).not.toEqual(take(8));
  });

  it('spreads evenly from 0 up to 1', () => {
    const drawn = Array.from({ length: 10_000 }, createRandom(1));
    const counts = new Array<number>(10).fill(0);
    for (const value of drawn) counts[Math.floor(value * 10)]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1_100);
  });
});

describe('shuffled', () => {
  it('keeps every item, changes the order and leaves its input alone', () => {
    const result = shuffled(numbers, createRandom(3));
    expect(result).not.toEqual(numbers);
    expect(result.toSorted((a, b) => a - b)).toEqual(numbers);
    expect(numbers[0]).toBe(0);
  });
});
