import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ServerMessage } from '@fedops/flower';
import { expect, test } from '@jest/globals';
import { closeLater, modelOf, SHAPES, startFederation } from './federation.js';
import { connect, evaluationAnswer, type FlowerClient, fitAnswer, join, tensorsOf } from './flower-client.js';

const CLIENTS = 1_200;
/** Less than a server lets wait to be accepted: on a busy machine the rest would be turned away. */
const AT_A_TIME = 100;
const CONNECT_MS = 60_000;

/**
 * Of both ends together, since both are in this process: a third of it is what they need, however busy the machine.
 * A read buffer of HTTP/2, 64 KiB, that each end keeps is more than that.
 */
const MAX_BYTES_PER_CONNECTION = 150_000;

/** For memory that is let go of later than it is collected, as the buffers of connections are. */
const SETTLE_MS = 60_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is held, in bytes; what the process has of the system also counts what it has let go of. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What is still held of that, once no more is let go of. */
async function heldAtLast(isEnough: (bytes: number) => boolean): Promise<number> {
  const end = Date.now() + SETTLE_MS;
  for (;;) {
    const bytes = heldBytes();
    if (isEnough(bytes) || Date.now() > end) return bytes;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function connectClients(url: string): Promise<FlowerClient[]> {
  const clients: FlowerClient[] = [];
  while (clients.length < CLIENTS) {
    const connections = Array.from({ length: AT_A_TIME }, () => closeLater(connect(url)));
    await Promise.all(
      connections.map(
        (connection) =>
          new Promise<void>((resolve, reject) => {
            connection.waitForReady(Date.now() + CONNECT_MS, (error) => (error ? reject(error) : resolve()));
          }),
      ),
    );
    clients.push(...connections.map((connection) => join(connection)));
  }
  return clients;
}

/** What all are told, when the last has been told. */
async function nextOfAll(clients: readonly FlowerClient[]): Promise<Set<ServerMessage['kind']>> {
  const kinds = clients.map(async (client) => (await client.next()).kind);
  return new Set(await Promise.all(kinds));
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

test('1,200 clients, each with a connection of its own, take part in one round in bounded memory', async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), 'fedops-many-'));
  const { server, doorUrl } = await startFederation(
    { selection: { minConnected: CLIENTS }, dataDir },
    { initialParameters: modelOf(0) },
  );
  const before = heldBytes();
  const perConnection = (bytes: number) => (bytes - before) / CLIENTS;

  const clients = await connectClients(doorUrl);
  expect(await nextOfAll(clients)).toEqual(new Set(['fit']));
  for (const client of clients) client.say(fitAnswer(tensorsOf(1, SHAPES)));
  expect(await nextOfAll(clients)).toEqual(new Set(['evaluate']));

  // Everybody has had two instructions and given one answer, and the server waits: nothing is on its way.
  const held = await heldAtLast((bytes) => perConnection(bytes) < MAX_BYTES_PER_CONNECTION);
  // Both ends of each.
  expect(openSockets()).toBeGreaterThanOrEqual(2 * CLIENTS);
  expect(perConnection(held)).toBeLessThan(MAX_BYTES_PER_CONNECTION);

  for (const client of clients) client.say(evaluationAnswer(0.5));
  expect(await nextOfAll(clients)).toEqual(new Set(['reconnect']));
  for (const client of clients) client.halfClose();
  expect(await server.finished).toMatchObject({ status: 'published' });
  const [round] = server.view().history;
  expect(round?.participants).toHaveLength(CLIENTS);
  expect(round?.clientEvaluation?.numExamples).toBe(CLIENTS);
  expect(round?.failures).toEqual([]);
  await server.close();
  // The spool may still be emptying its files.
  await rm(dataDir, { recursive: true, maxRetries: 10 });
}, 300_000);
