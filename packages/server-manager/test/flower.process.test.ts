import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from 'node:tls';
import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { FLOWER_SERVER_NODE_FLAGS } from '@fedops/server';
import { createServerManager, type ServerManagerSettings } from '@fedops/server-manager';
import { afterEach, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { freePort } from './free-port.js';
import { takePart } from './take-part.js';

const MODEL = createParameters([{ name: 'w', shape: [4], dtype: 'float32' }], [new Float32Array(4)]);
const pem = (name: string) => readFileSync(new URL(`./fixtures/tls/${name}.pem`, import.meta.url), 'utf8');

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function aDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'fedops-flower-'));
  closing.push(() => rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  return directory;
}

/** A manager whose FL servers have a door by this module, at this port. */
async function aManager(
  {
    dataDir,
    module,
    port,
    at = 0,
  }: { readonly dataDir: string; readonly module: string; readonly port: number; readonly at?: number },
  servers: ServerManagerSettings['servers'] = {},
) {
  const flower = { module: new URL(module, import.meta.url).href, ports: { first: port, last: port } };
  const manager = await createServerManager(
    { dataDir, listen: { port: at }, servers: { ports: 'any', flower, ...servers } },
    { logger: silentLogger },
  );
  closing.push(() => manager.close({ servers: 'stop' }));
  return manager;
}

async function prepareTask(url: string): Promise<void> {
  await ask(url, 'POST', '/v1/tasks', { body: { taskId: 'mnist', run: { rounds: 1 } } });
  await ask(url, 'PUT', '/v1/tasks/mnist/initial-parameters', { bytes: encodeParameters(MODEL) });
}

/** Starts a run as soon as its ports are free. */
async function startRun(url: string): Promise<string> {
  for (;;) {
    const { status, json } = await ask(url, 'POST', '/v1/tasks/mnist/runs');
    if (status === 201) return json.runId;
    if (json.code !== 'overloaded') throw new Error(JSON.stringify(json));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The run's state, once it is one of these. */
async function runIn(url: string, runId: string, ...statuses: readonly string[]) {
  for (;;) {
    const { json } = await ask(url, 'GET', `/v1/runs/${runId}`);
    if (statuses.includes(json.state.status)) return json.state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const greeting = (port: number) => text(createConnection({ host: '127.0.0.1', port }));

it('an FL server opens its door, has it still when its manager comes back, and gives the port to the next run', async () => {
  const port = await freePort();
  const at = await freePort(port);
  const place = { dataDir: await aDirectory(), module: './flower-door-module.mjs', port, at };
  const first = await aManager(place);
  await prepareTask(first.url);
  const runId = await startRun(first.url);
  const door = { status: 'running', flowerAddress: `127.0.0.1:${port}` };
  expect(await runIn(first.url, runId, 'running', 'failed')).toMatchObject(door);
  expect(await greeting(port)).toBe('door of mnist');
  await first.close();

  const second = await aManager(place);
  const state = await runIn(second.url, runId, 'running', 'failed');
  expect(state).toMatchObject(door);
  expect(await greeting(port)).toBe('door of mnist');
  await takePart(state.url, 'mnist', 'c1');
  expect(await runIn(second.url, runId, 'published', 'failed')).toMatchObject({ status: 'published' });

  const next = await startRun(second.url);
  expect(await runIn(second.url, next, 'running', 'failed')).toMatchObject(door);
}, 300_000);

it.each([
  ['does not open', './flower-door-module.mjs?closed', 'unavailable', 'the door does not open'],
  ['nobody can make', './composition-module.mjs', 'invalid-argument', 'exports no function flowerDoor'],
])(
  'a run whose door %s has failed, with the reason, and its port is free',
  async (_what, module, reason, message) => {
    const manager = await aManager({ dataDir: await aDirectory(), module, port: await freePort() });
    await prepareTask(manager.url);
    for (let run = 0; run < 2; run++) {
      const state = await runIn(manager.url, await startRun(manager.url), 'failed', 'running');
      expect(state).toMatchObject({ status: 'failed', reason, message: expect.stringContaining(message) });
    }
  },
  60_000,
);

it('an FL server with a door has the room that its messages need', async () => {
  const port = await freePort();
  const manager = await aManager({
    dataDir: await aDirectory(),
    module: './flower-door-module.mjs?flags',
    port,
  });
  await prepareTask(manager.url);
  await runIn(manager.url, await startRun(manager.url), 'running', 'failed');
  expect(await greeting(port)).toBe(FLOWER_SERVER_NODE_FLAGS.join(' '));
}, 300_000);

it('a door has the certificate of its FL server', async () => {
  const port = await freePort();
  const place = { dataDir: await aDirectory(), module: './flower-door-module.mjs', port };
  const tls = { key: pem('key'), cert: pem('certificate') };
  const manager = await aManager(place, { tls });
  await prepareTask(manager.url);
  const state = await runIn(manager.url, await startRun(manager.url), 'running', 'failed');
  expect(state.status).toBe('running');
  const check = { ca: tls.cert, checkServerIdentity: () => undefined };
  expect(await text(connect({ host: '127.0.0.1', port, ...check }))).toBe('door of mnist');
}, 300_000);
