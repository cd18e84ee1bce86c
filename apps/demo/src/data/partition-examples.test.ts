import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Partition } from './partition.js';
import { partitionExamples } from './partition-examples.js';

const partitions = fc.oneof(
  fc.constant<Partition>({ kind: 'iid' }),
  fc.integer({ min: 1, max: 3 }).map<Partition>((perClient) => ({ kind: 'shards', perClient })),
  fc.double({ min: 0.001, max: 100, noNaN: true }).map<Partition>((alpha) => ({ kind: 'dirichlet', alpha })),
);

const federations = fc
  .record({
    clients: fc.integer({ min: 1, max: 12 }),
    extra: fc.integer({ min: 0, max: 200 }),
    classes: fc.integer({ min: 1, max: 10 }),
    partition: partitions,
    seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  })
  .map(({ clients, extra, classes, partition, seed }) => ({
    labels: Uint8Array.from({ length: clients * 3 + extra }, (_, i) => (i * 7 + 3) % classes),
    settings: { clients, partition, seed },
  }));

test('every example belongs to exactly one client, and no client is without', () => {
  fc.assert(
    fc.property(federations, ({ labels, settings }) => {
      const hands = partitionExamples(labels, settings);

      expect(hands).toHaveLength(settings.clients);
      expect(hands.every((hand) => hand.length > 0)).toBe(true);
      expect(hands.flatMap((hand) => [...hand]).sort((a, b) => a - b)).toEqual([...labels.keys()]);
    }),
  );
});

test('the same seed gives the same split', () => {
  fc.assert(
    fc.property(federations, ({ labels, settings }) => {
      expect(partitionExamples(labels, settings)).toEqual(partitionExamples(labels, settings));
    }),
  );
});

const labels = Uint8Array.from({ length: 2_000 }, (_, i) => i % 10);

function classesOf(hand: Uint32Array): number {
  return new Set(Array.from(hand, (i) => labels[i])).size;
}

test('another seed gives another split', () => {
  for (const partition of [
    { kind: 'iid' },
    { kind: 'shards', perClient: 2 },
    { kind: 'dirichlet', alpha: 1 },
  ] as const) {
    const split = (seed: number) => partitionExamples(labels, { clients: 5, partition, seed });
    expect(split(1)).not.toEqual(split(2));
  }
});

test('iid gives each client as many examples, of every class', () => {
  const hands = partitionExamples(labels, { clients: 3, partition: { kind: 'iid' }, seed: 1 });

  expect(hands.map(({ length }) => length).sort()).toEqual([666, 667, 667]);
  expect(hands.map(classesOf)).toEqual([10, 10, 10]);
});

test('two shards give each client at most two classes where shards and classes match', () => {
  const hands = partitionExamples(labels, {
    clients: 10,
    partition: { kind: 'shards', perClient: 2 },
    seed: 1,
  });

  expect(hands.map(({ length }) => length)).toEqual(new Array(10).fill(200));
  expect(Math.max(...hands.map(classesOf))).toBeLessThanOrEqual(2);
});

test('a small alpha gives clients few classes, a large one all in like numbers', () => {
  const split = (alpha: number) =>
    partitionExamples(labels, { clients: 10, partition: { kind: 'dirichlet', alpha }, seed: 4 });
  const mean = (hands: Uint32Array[]) => hands.reduce((sum, hand) => sum + classesOf(hand), 0) / hands.length;

  expect(mean(split(0.05))).toBeLessThan(5);
  expect(mean(split(1_000))).toBe(10);
  for (const { length } of split(1_000)) expect(Math.abs(length - 200)).toBeLessThan(30);
});

describe('refusals', () => {
  test.each([
    ['more clients than examples', { clients: 5, partition: { kind: 'iid' }, seed: 1 }],
    ['more shards than examples', { clients: 2, partition: { kind: 'shards', perClient: 3 }, seed: 1 }],
    ['no client', { clients: 0, partition: { kind: 'iid' }, seed: 1 }],
    ['half a client', { clients: 1.5, partition: { kind: 'iid' }, seed: 1 }],
  ] as const)('%s', (_, settings) => {
    expect(() => partitionExamples(Uint8Array.of(1, 2, 3, 4), settings)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});
