import { FedOpsError } from '@fedops/shared-types';
import { type RandomGenerator, xoroshiro128plus } from 'pure-rand';
import type { Partition } from './partition.js';
import { drawDirichlet, shuffled } from './random.js';

export interface PartitionSettings {
  /** At least 1. */
  readonly clients: number;
  readonly partition: Partition;
  readonly seed: number;
}

/**
 * The examples of each client, as ascending indices: every example belongs to exactly one client, and none is left
 * without. Depends on labels and settings alone.
 *
 * @param labels The class of each example.
 * @throws {FedOpsError} `invalid-argument` where there are too few examples for so many clients or shards.
 */
export function partitionExamples(labels: Uint8Array, settings: PartitionSettings): Uint32Array[] {
  const { clients, partition, seed } = settings;
  if (!Number.isSafeInteger(clients) || clients < 1) {
    throw new FedOpsError(
      'invalid-argument',
      `clients: expected a whole number of at least 1, got ${clients}`,
    );
  }
  const pieces = partition.kind === 'shards' ? clients * partition.perClient : clients;
  if (labels.length < pieces) {
    throw new FedOpsError(
      'invalid-argument',
      `expected at least ${pieces} examples to split, got ${labels.length}`,
    );
  }
  return split(labels, clients, partition, xoroshiro128plus(seed)).map((indices) => indices.sort());
}

function split(
  labels: Uint8Array,
  clients: number,
  partition: Partition,
  random: RandomGenerator,
): Uint32Array[] {
  switch (partition.kind) {
    case 'iid':
      return cut(shuffled(indicesTo(labels.length), random), clients);
    case 'shards':
      return dealShards(labels, clients, partition.perClient, random);
    case 'dirichlet':
      return fillEmpty(spreadLabels(labels, clients, partition.alpha, random));
  }
}

function dealShards(
  labels: Uint8Array,
  clients: number,
  perClient: number,
  random: RandomGenerator,
): Uint32Array[] {
  const sorted = indicesTo(labels.length).sort((a, b) => labels[a]! - labels[b]! || a - b);
  const shards = cut(sorted, clients * perClient);
  const order = shuffled(indicesTo(shards.length), random);
  return cut(order, clients).map((hand) => joined(Array.from(hand, (shard) => shards[shard]!)));
}

function spreadLabels(
  labels: Uint8Array,
  clients: number,
  alpha: number,
  random: RandomGenerator,
): Uint32Array[] {
  const hands: Uint32Array[][] = Array.from({ length: clients }, () => []);
  for (const label of new Set(labels.toSorted())) {
    const examples = shuffled(
      indicesTo(labels.length).filter((i) => labels[i] === label),
      random,
    );
    const shares = drawDirichlet(clients, alpha, random);
    let share = 0;
    let start = 0;
    hands.forEach((hand, client) => {
      share += shares[client]!;
      const end = client === clients - 1 ? examples.length : Math.round(share * examples.length);
      hand.push(examples.subarray(start, end));
      start = end;
    });
  }
  return hands.map(joined);
}

/** Who has nothing gets one example of whoever has most. */
function fillEmpty(hands: readonly Uint32Array[]): Uint32Array[] {
  const filled = [...hands];
  for (let client = 0; client < filled.length; client++) {
    if (filled[client]!.length > 0) continue;
    const richest = filled.reduce((best, hand, i) => (hand.length > filled[best]!.length ? i : best), 0);
    filled[client] = filled[richest]!.slice(-1);
    filled[richest] = filled[richest]!.slice(0, -1);
  }
  return filled;
}

/** In so many pieces, one after the other, whose lengths differ by at most 1. */
function cut(items: Uint32Array, pieces: number): Uint32Array[] {
  const at = (piece: number) => Math.floor((piece * items.length) / pieces);
  return Array.from({ length: pieces }, (_, piece) => items.slice(at(piece), at(piece + 1)));
}

function joined(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function indicesTo(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
