import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { expect, test } from '@jest/globals';
import { closeLater, modelOf, SHAPES, startFederation } from './federation.js';
import { connect, evaluationAnswer, type FlowerClient, fitAnswer, join, tensorsOf } from './flower-client.js';

const CLIENTS = 1_200;
const STREAMS_PER_CONNECTION = 60;

async function takePart(client: FlowerClient): Promise<void> {
  for (;;) {
    const message = await client.next();
    if (message.kind === 'fit') client.say(fitAnswer(tensorsOf(1, SHAPES)));
    else if (message.kind === 'evaluate') client.say(evaluationAnswer(0.5));
    else return client.halfClose();
  }
}

test('1,200 clients take part in one round', async () => {
  const dataDir = await mkdtemp(joinPath(tmpdir(), 'fedops-many-'));
  const { server, doorUrl } = await startFederation(
    { selection: { minConnected: CLIENTS }, dataDir },
    { initialParameters: modelOf(0) },
    // Room for a few messages only, so that most wait for their turn.
    { receiveBudgetBytes: 2_000 },
  );
  const clients: FlowerClient[] = [];
  while (clients.length < CLIENTS) {
    const connection = closeLater(connect(doorUrl));
    for (let i = 0; i < STREAMS_PER_CONNECTION; i++) clients.push(join(connection));
  }

  await Promise.all(clients.map(takePart));

  expect(await server.finished).toMatchObject({ status: 'published' });
  const [round] = server.view().history;
  expect(round?.participants).toHaveLength(CLIENTS);
  expect(round?.clientEvaluation?.numExamples).toBe(CLIENTS);
  expect(round?.failures).toEqual([]);
  await server.close();
  // The spool may still be emptying its files.
  await rm(dataDir, { recursive: true, maxRetries: 10 });
}, 120_000);
