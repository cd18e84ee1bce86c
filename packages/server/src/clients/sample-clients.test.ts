import type { ClientId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inIdOrder, sampleClients } from './sample-clients.js';

const clients = Array.from({ length: 10 }, (_, k) => `client-${k}` as ClientId);
const anyIds = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { maxLength: 30 }) as fc.Arbitrary<
  ClientId[]
>;
const anySeed = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('sampleClients', () => {
  it('draws as many as wanted, without repetition, in the order of ids', () => {
    fc.assert(
      fc.property(anyIds, fc.nat(40), anySeed, (ids, count, seed) => {
        const drawn = sampleClients(ids, count, seed);
        expect(drawn).toHaveLength(Math.min(count, ids.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.every((client) => ids.includes(client))).toBe(true);
        expect(drawn).toEqual(inIdOrder(drawn));
      }),
    );
  });

  it('does not depend on the order in which the clients came', () => {
    const shuffled = anyIds.chain((ids) =>
      fc.tuple(fc.constant(ids), fc.shuffledSubarray(ids, { minLength: ids.length })),
    );
    fc.assert(
      fc.property(shuffled, fc.nat(30), anySeed, ([ids, others], count, seed) => {
        expect(sampleClients(others, count, seed)).toEqual(sampleClients(ids, count, seed));
      }),
    );
  });

  it('draws the same for the same seed on every machine', () => {
    expect([0, 1, 4_000_000_000].map((seed) => sampleClients(clients, 3, seed))).toEqual([
      ['client-2', 'client-4', 'client-7'],
      ['client-1', 'client-3', 'client-6'],
      ['client-0', 'client-1', 'client-3'],
    ]);
  });

  it('gives every client the same chance', () => {
    const draws = 5_000;
    const counts = new Map<ClientId, number>();
    for (let seed = 0; seed < draws; seed++) {
      const scattered = (seed * 2_654_435_761) % 2 ** 32;
      for (const client of sampleClients(clients, 3, scattered))
        counts.set(client, (counts.get(client) ?? 0) + 1);
    }
    // Five standard deviations of a binomial with p = 0.3.
    const slack = 5 * Math.sqrt(draws * 0.3 * 0.7);
    for (const client of clients)
      expect(Math.abs((counts.get(client) ?? 0) - draws * 0.3)).toBeLessThan(slack);
  });
});
