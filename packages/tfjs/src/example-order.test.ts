import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand';
import { drawIndices, shuffle } from './example-order.js';

const seed = fc.integer({ min: 0, max: 0xffff_ffff });

test('a draw of all is a permutation, the same for the same seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), seed, (total, from) => {
      const drawn = drawIndices(total, total, xoroshiro128plus(from));

      expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
      expect(drawIndices(total, total, xoroshiro128plus(from))).toEqual(drawn);
    }),
  );
});

test('a draw of some holds no index twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), seed, (total, from) => {
      const count = Math.ceil(total / 3);
      const drawn = drawIndices(total, count, xoroshiro128plus(from));

      expect(new Set(drawn).size).toBe(count);
      expect(drawn.every((index) => index < total)).toBe(true);
    }),
  );
});

test('every order comes up about as often', () => {
  const random = xoroshiro128plus(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 6_000; i++) {
    const indices = Uint32Array.of(0, 1, 2);
    shuffle(indices, random);
    counts.set(indices.join(), (counts.get(indices.join()) ?? 0) + 1);
  }

  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(150);
});
