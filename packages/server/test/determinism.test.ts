import { createHash } from 'node:crypto';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { describe, expect, it } from '@jest/globals';
import { seededRandom, shuffled } from './crash/seeded-random.js';
import { isLongForm } from './crash/test-form.js';
import { registered, SIGNATURE, startServer, takePart } from './federation.js';

const ORDERS = isLongForm ? 1000 : 100;
const CLIENTS = Array.from({ length: 20 }, (_, k) => k);
const MAGNITUDES = [1e-8, 1, 1e8, 1e-4, 1e4];

/** Values of mixed magnitude, both signs: what a careless sum loses first. */
const UPDATES = CLIENTS.map((k) => {
  const random = seededRandom(k);
  const tensors = SIGNATURE.map(({ shape }) =>
    new Float32Array(shape.reduce((a, b) => a * b, 1)).map(
      (_, i) => (random() * 2 - 1) * MAGNITUDES[(i + k) % MAGNITUDES.length]!,
    ),
  );
  return createParameters(SIGNATURE, tensors);
});
const WEIGHTS = CLIENTS.map((k) => 1 + ((k * 37) % 50));

describe('the order in which updates arrive', () => {
  it(`does not matter: ${ORDERS} orders through the door give one SHA-256`, async () => {
    const bytes = UPDATES.map((update) => encodeParameters(update));
    const server = await startServer({
      rounds: ORDERS,
      selection: { minConnected: CLIENTS.length },
      clientEvaluation: { fraction: 0 },
    });
    const clients = await registered(server, ...CLIENTS.map((k) => `client ${k}`));
    const digests = new Set<string>();
    for (let round = 1; round <= ORDERS; round++) {
      expect(await clients[0]!.next()).toMatchObject({ kind: 'fit', round });
      for (const k of shuffled(CLIENTS, seededRandom(round))) {
        const { json } = await clients[k]!.upload(bytes[k]!, { round, numExamples: WEIGHTS[k]! });
        expect(json).toMatchObject({ state: 'counted' });
      }
      const next = await clients[0]!.next();
      // The mean does not depend on the model before it, so every round must make the same one.
      if (next.kind === 'fit') digests.add(next.parameters.digest);
      if (next.kind === 'finish') digests.add(next.digest);
    }
    expect([...digests]).toEqual(['cc87dcd97ee1f4d945b183274a3796e09fcf58144da6da33bf59d8c9de4dc57a']);
  }, 600_000);

  it('would matter to a running sum in float32', () => {
    const sums = Array.from({ length: 100 }, (_, seed) => runningSum(shuffled(CLIENTS, seededRandom(seed))));
    expect(new Set(sums).size).toBeGreaterThan(50);
  });
});

function runningSum(order: readonly number[]): string {
  const sum = new Float32Array(6);
  for (const k of order) {
    for (const i of sum.keys()) sum[i]! += Math.fround(WEIGHTS[k]! * Number(UPDATES[k]!.tensors[0]![i]));
  }
  return createHash('sha256').update(sum).digest('hex');
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
