import { createParameters, encodeParameters, type Parameters, sha256 } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { seededRandom, shuffled } from './crash/seeded-random.js';
import { isLongForm } from './crash/test-form.js';
import { registered, startServer, takePart } from './federation.js';

const ORDERS = isLongForm ? 1000 : 100;
const CLIENTS = Array.from({ length: 20 }, (_, k) => k);
const NAMES = CLIENTS.map((k) => `client ${k}`);
const SIGNATURE: Signature = [
  { name: 'cancelling', shape: [2, 3], dtype: 'float32' },
  { name: 'double', shape: [7], dtype: 'float64' },
];

/** Two clients each have the same weight. */
const WEIGHTS = CLIENTS.map((k) => 1 + ((Math.floor(k / 2) * 37) % 50));

/**
 * Values for which float64 is not enough: in every float32 element the two clients of a pair have 1e30 and −1e30,
 * which cancel, and whatever was added between them is lost; the float64 elements are thirds, which use every bit, so
 * that each step of a sum rounds.
 */
const UPDATES = CLIENTS.map((k) => {
  const random = seededRandom(k);
  const greatest = Math.floor(k / 2) % 6;
  const sign = k % 2 === 0 ? 1 : -1;
  return createParameters(SIGNATURE, [
    new Float32Array(6).map((_, i) => (i === greatest ? sign * 1e30 : random() * 2 - 1)),
    new Float64Array(7).map(() => (random() * 2 - 1) / 3),
  ]);
});

/** Of the model that the mean in the order of ids makes. */
const PINNED = '4009f58fc4da0ad0da2582bbb60abf2e4f3d9a3afdd495ea04efde23480b23a8';

describe('the order in which updates arrive', () => {
  it(`does not matter: ${ORDERS} orders through the door give one SHA-256`, async () => {
    const bytes = UPDATES.map((update) => encodeParameters(update));
    const server = await startServer(
      {
        rounds: ORDERS,
        selection: { minConnected: CLIENTS.length },
        clientEvaluation: { fraction: 0 },
      },
      { initialParameters: createParameters(SIGNATURE, [new Float32Array(6), new Float64Array(7)]) },
    );
    const clients = await registered(server, ...NAMES);
    const digests = new Set<string>();
    for (let round = 1; round <= ORDERS; round++) {
      expect(await clients[0]!.next()).toMatchObject({ kind: 'fit', round });
      for (const k of arrivalOrder(round)) {
        const { json } = await clients[k]!.upload(bytes[k]!, { round, numExamples: WEIGHTS[k]! });
        expect(json).toMatchObject({ state: 'counted' });
      }
      const next = await clients[0]!.next();
      // The mean does not depend on the model before it, so every round must make the same one.
      if (next.kind === 'fit') digests.add(next.parameters.digest);
      if (next.kind === 'finish') digests.add(next.digest);
    }
    expect([...digests]).toEqual([PINNED]);
  }, 600_000);

  it.each([
    ['float32', 'cancelling', Math.fround],
    ['float64', 'cancelling', unrounded],
    ['float64', 'double', unrounded],
  ])('would matter to a sum in %s as they come, in the tensor "%s"', (_precision, name, rounded) => {
    const tensor = SIGNATURE.findIndex((spec) => spec.name === name);
    const means = Array.from({ length: 100 }, (_, seed) =>
      String(meanInOrder(arrivalOrder(seed), rounded).tensors[tensor]),
    );
    expect(new Set(means).size).toBeGreaterThan(50);
  });

  it('is the order of ids for the model, wherever they came', async () => {
    const byId = CLIENTS.toSorted((a, b) => (NAMES[a]! < NAMES[b]! ? -1 : 1));
    expect(await sha256(encodeParameters(meanInOrder(byId, unrounded)))).toBe(PINNED);
  });
});

function arrivalOrder(seed: number): readonly number[] {
  return shuffled(CLIENTS, seededRandom(seed));
}

function unrounded(value: number): number {
  return value;
}

/** The mean by a running sum, each of its steps rounded. */
function meanInOrder(order: readonly number[], rounded: (value: number) => number): Parameters {
  const total = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
  const meanAt = (tensor: number, i: number) =>
    order.reduce(
      (sum, k) => rounded(sum + rounded(WEIGHTS[k]! * Number(UPDATES[k]!.tensors[tensor]![i]))),
      0,
    ) / total;
  return createParameters(SIGNATURE, [
    new Float32Array(6).map((_, i) => meanAt(0, i)),
    new Float64Array(7).map((_, i) => meanAt(1, i)),
  ]);
}

describe('the selection of clients', () => {
  const names = Array.from({ length: 10 }, (_, k) => `client ${k}`);

  async function selectedIn(seed: number, order: readonly string[]): Promise<string[][]> {
    const server = await startServer({
      runId: 'replayed',
      rounds: 4,
      seed,
      selection: { minConnected: names.length, fraction: 0.3 },
      clientEvaluation: { fraction: 0 },
    });
    const clients = await registered(server, ...order);
    await Promise.all(clients.map((client) => takePart(server, client)));
    return server
      .view()
      .history.map(({ participants }) => participants.map(({ clientId }) => clientId.replace('client ', '')));
  }

  it('is the same for the same seed, whatever order the clients come in', async () => {
    const replays = [names, names.toReversed(), shuffled(names, seededRandom(5))];
    for (const order of replays)
      expect(await selectedIn(7, order)).toEqual([
        ['5', '7', '9'],
        ['1', '2', '4'],
        ['6', '7', '8'],
        ['1', '4', '8'],
      ]);
  });

  it('is another for another seed', async () => {
    expect(await selectedIn(8, names)).not.toEqual(await selectedIn(7, names));
  });
});
