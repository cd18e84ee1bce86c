import { describe, expect, it } from '@jest/globals';
import { seededRandom, shuffled } from './crash/seeded-random.js';
import type { Answer, DoorClient } from './door-client.js';
import { closeNow, encodedModel, registered, type StartedServer, startServer } from './federation.js';

const NAMES = ['a', 'b', 'c', 'd'];
const ROUNDS = 2;
const COPIES = 10;

/** An upload as it may come over a bad line: a copy, or other bytes under the same key. */
interface Sending {
  readonly client: DoorClient;
  readonly round: number;
  readonly kind: 'right' | 'other';
}

function bytesOf({ client, round, kind }: Sending): Buffer {
  const right = round * 10 + client.clientId.charCodeAt(0);
  return encodedModel(kind === 'right' ? right : right + 1000);
}

function send(sending: Sending): Promise<Answer> {
  return sending.client.upload(bytesOf(sending), { round: sending.round, numExamples: 3 });
}

function start(): Promise<StartedServer> {
  return startServer({
    rounds: ROUNDS,
    selection: { minConnected: NAMES.length },
    clientEvaluation: { fraction: 0 },
    limits: { maxConcurrentUploads: 1000 },
  });
}

async function digestOf(server: StartedServer): Promise<string> {
  const outcome = await server.finished;
  if (outcome.status !== 'published') throw outcome.error;
  await closeNow(server);
  return outcome.digest;
}

async function undisturbedDigest(): Promise<string> {
  const server = await start();
  const clients = await registered(server, ...NAMES);
  for (let round = 1; round <= ROUNDS; round++) {
    for (const client of clients) {
      await client.next();
      await send({ client, round, kind: 'right' });
    }
  }
  return digestOf(server);
}

/** All that a round's clients send: each its update first, then copies and other bytes in any order between them. */
function storm(clients: readonly DoorClient[], round: number, random: () => number): Sending[] {
  const sent = new Set<DoorClient>();
  const all = clients.flatMap((client) => [
    ...Array.from({ length: COPIES }, () => ({ client, round, kind: 'right' as const })),
    ...Array.from({ length: 3 }, () => ({ client, round, kind: 'other' as const })),
  ]);
  return shuffled(all, random).map((sending) => {
    if (sent.has(sending.client)) return sending;
    sent.add(sending.client);
    return { ...sending, kind: 'right' };
  });
}

function outcomeOf({ status, json }: Answer): string {
  return status === 200 ? json.state : json.code;
}

describe('each update sent ten times, in any order, with other bytes under the same key', () => {
  it('makes the same model, and every copy has its answer', async () => {
    const expected = await undisturbedDigest();
    for (let seed = 0; seed < 8; seed++) {
      const random = seededRandom(seed);
      const server = await start();
      const clients = await registered(server, ...NAMES);
      for (let round = 1; round <= ROUNDS; round++) {
        await clients[0]!.next();
        const counted = new Set<DoorClient>();
        for (const sending of storm(clients, round, random)) {
          const isFirst = !counted.has(sending.client);
          counted.add(sending.client);
          const outcome = outcomeOf(await send(sending));
          if (sending.kind === 'right') expect(outcome).toBe(isFirst ? 'counted' : 'repeated');
          // The round closes with the last client's update; from then on other bytes are late.
          else expect(outcome).toBe(counted.size < NAMES.length ? 'conflict' : 'stale-round');
        }
      }
      expect(await digestOf(server)).toBe(expected);
    }
  });

  it('makes the same model when the copies come all at once', async () => {
    const expected = await undisturbedDigest();
    const server = await start();
    const clients = await registered(server, ...NAMES);
    for (let round = 1; round <= ROUNDS; round++) {
      await clients[0]!.next();
      const copies = clients.flatMap((client) => Array<DoorClient>(COPIES).fill(client));
      const answers = await Promise.all(
        shuffled(copies, seededRandom(round)).map((client) => send({ client, round, kind: 'right' })),
      );
      const outcomes = answers.map(outcomeOf);
      expect(outcomes.filter((outcome) => outcome === 'counted')).toHaveLength(NAMES.length);
      expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(NAMES.length * (COPIES - 1));
    }
    expect(await digestOf(server)).toBe(expected);
  });

  it('is answered after rounds have passed, too: repeated for what counted, stale for the rest', async () => {
    const server = await start();
    const clients = await registered(server, ...NAMES);
    await clients[0]!.next();
    for (const client of clients) await send({ client, round: 1, kind: 'right' });
    expect(await clients[0]!.next()).toMatchObject({ kind: 'fit', round: 2 });
    for (const client of shuffled(clients, seededRandom(1))) {
      expect(outcomeOf(await send({ client, round: 1, kind: 'right' }))).toBe('repeated');
      expect((await send({ client, round: 1, kind: 'other' })).json).toMatchObject({
        code: 'stale-round',
        details: { round: 2 },
      });
    }
    expect(server.view().state.waitingFor).toEqual(NAMES);
  });

  it('is no update of a round that has not come', async () => {
    const server = await start();
    const [client] = await registered(server, ...NAMES);
    await client!.next();
    expect((await send({ client: client!, round: 2, kind: 'right' })).json).toMatchObject({
      code: 'stale-round',
      details: { round: 1 },
    });
    expect(server.view().state.waitingFor).toEqual(NAMES);
  });
});
