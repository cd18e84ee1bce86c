import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { closeLater, modelOf, SHAPES, startFederation } from './federation.js';
import { connect, evaluationAnswer, type FlowerClient, fitAnswer, join, tensorsOf } from './flower-client.js';

const CLIENTS = 1_200;
/** Of both ends together, since both are in this process: several times what was measured. */
const MAX_BYTES_PER_CONNECTION = 200_000;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** What is held, in bytes; what the process has of the system also counts what it has let go of. */
function heldBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function takePart(client: FlowerClient): Promise<void> {
  for (;;) {
    const message = await client.next();
    if (message.kind === 'fit') client.say(fitAnswer(tensorsOf(1, SHAPES)));
    else if (message.kind === 'evaluate') client.say(evaluationAnswer(0.5));
    else return client.halfClose();
  }
}

test('1,200 clients, each with a connection of its own, take part in one round in bounded memory', async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), 'fedops-many-'));
  const { server, doorUrl } = await startFederation(
    { selection: { minConnected: CLIENTS }, dataDir },
    { initialParameters: modelOf(0) },
  );
  const before = heldBytes();
  const clients: FlowerClient[] = [];
  while (clients.length < CLIENTS) clients.push(join(closeLater(connect(doorUrl))));

  await Promise.all(clients.map(takePart));
  const perConnection = (heldBytes() - before) / CLIENTS;
  const sockets = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap');

  expect(await server.finished).toMatchObject({ status: 'published' });
  const [round] = server.view().history;
  expect(round?.participants).toHaveLength(CLIENTS);
  expect(round?.clientEvaluation?.numExamples).toBe(CLIENTS);
  expect(round?.failures).toEqual([]);
  // Both ends of each.
  expect(sockets.length).toBeGreaterThanOrEqual(2 * CLIENTS);
  expect(perConnection).toBeLessThan(MAX_BYTES_PER_CONNECTION);
  await server.close();
  // The spool may still be emptying its files.
  await rm(dataDir, { recursive: true, maxRetries: 10 });
}, 120_000);
