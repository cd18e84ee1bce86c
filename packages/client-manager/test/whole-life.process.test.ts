import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clientClock } from '@fedops/client-api';
import { FLClientTask } from '@fedops/client-app';
import { type ClientManagerHandle, createClientManager } from '@fedops/client-manager';
import type { Trainer } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { systemClock as serverClock } from '@fedops/server';
import { createServerManager } from '@fedops/server-manager';
import { afterEach, expect, it } from '@jest/globals';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const trainer: Trainer = {
  async fit({ parameters: { signature, tensors } }) {
    const trained = tensors.map((tensor) => (tensor as Float32Array).map((value) => value + 1));
    return { parameters: createParameters(signature, trained), numExamples: 1, metrics: { loss: 0.5 } };
  },
  evaluate: async () => ({ loss: 0.25, numExamples: 1, metrics: { accuracy: 0.75 } }),
};

async function aDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fedops-life-'));
  closing.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

const TEN_MINUTES_MS = 600_000;

/** @param offMs How far its clock is off. */
async function aServerManager(offMs = 0) {
  const now = () => serverClock.now() + offMs;
  const clock = { ...serverClock, now, elapsed: () => performance.now() };
  const manager = await createServerManager(
    { dataDir: await aDirectory(), listen: { port: 0 }, servers: { ports: 'any' } },
    { logger: silentLogger, clock },
  );
  closing.push(() => manager.close({ servers: 'stop' }));
  const ask = async (method: string, path: string, body?: Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(manager.url + path, { method, ...(body === undefined ? {} : { body }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is for the test to say
    return (await answer.json()) as any;
  };
  return { url: manager.url, ask };
}

/** A client app and its manager. */
async function aDevice(serverManagerUrl: string, id: string, offMs = 0): Promise<ClientManagerHandle> {
  const clock = { ...clientClock, now: () => clientClock.now() + offMs };
  const settings = { taskId: 'mnist', trainer, clientId: id, key: `the key of ${id}`, port: 0 };
  const app = await new FLClientTask(settings, { logger: silentLogger, env: {}, clock }).start();
  closing.push(() => app.close());
  const manager = await createClientManager(
    {
      dataDir: await aDirectory(),
      deviceId: id,
      clientUrl: app.url,
      serverManager: { url: serverManagerUrl },
      port: 0,
    },
    { logger: silentLogger, env: {}, clock },
  );
  closing.push(() => manager.close());
  return manager;
}

function isDoneWith(device: ClientManagerHandle, runId: string): boolean {
  const { phase, last } = device.state();
  return phase === 'waiting' && last?.runId === runId && last.isRunOver;
}

async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

type Server = Awaited<ReturnType<typeof aServerManager>>;

/** A task for two devices that takes one round. */
async function prepareTask(server: Server): Promise<void> {
  const run = {
    rounds: 1,
    clientsPerRound: { kind: 'all', atLeast: 2 },
    quorum: 2,
    waitForClientsMs: 30_000,
  };
  await server.ask('POST', '/v1/tasks', new TextEncoder().encode(JSON.stringify({ taskId: 'mnist', run })));
  const model = createParameters([{ name: 'w', shape: [4], dtype: 'float32' }], [new Float32Array(4)]);
  await server.ask(
    'PUT',
    '/v1/tasks/mnist/initial-parameters',
    encodeParameters(model) as Uint8Array<ArrayBuffer>,
  );
}

/** Starts a run; resolves when it has published and every device is done with it. */
async function goThroughRun(server: Server, devices: readonly ClientManagerHandle[]): Promise<string> {
  await until(() => devices.every((device) => device.state().phase === 'waiting'));
  const { runId } = await server.ask('POST', '/v1/tasks/mnist/runs');
  await until(async () => {
    const { state } = await server.ask('GET', `/v1/runs/${runId}`);
    if (state.status === 'failed') throw new Error(`${state.reason}: ${state.message}`);
    return state.status === 'published';
  });
  await until(() => devices.every((device) => isDoneWith(device, runId)));
  return runId;
}

it('two devices go through two runs to V1 and V2, with our server manager and its FL servers', async () => {
  const server = await aServerManager();
  await prepareTask(server);
  const devices = await Promise.all(['device-1', 'device-2'].map((id) => aDevice(server.url, id)));
  for (const version of [1, 2]) {
    const runId = await goThroughRun(server, devices);
    for (const device of devices) {
      expect(device.state()).toMatchObject({
        phase: 'waiting',
        reason: 'no-run',
        last: { runId, version, end: { state: 'train-finished' } },
      });
    }
  }
  const shown = await server.ask('GET', '/v1/tasks/mnist/devices');
  expect(
    shown.map(({ deviceId, origin }: { deviceId: string; origin: string }) => `${deviceId} ${origin}`).sort(),
  ).toEqual(['device-1 v1', 'device-2 v1']);
}, 120_000);

it('a server manager and devices whose clocks are up to twenty minutes apart go through a run', async () => {
  const server = await aServerManager(-TEN_MINUTES_MS);
  await prepareTask(server);
  const devices = [
    await aDevice(server.url, 'device-1', TEN_MINUTES_MS),
    await aDevice(server.url, 'device-2', -TEN_MINUTES_MS / 2),
  ];
  await goThroughRun(server, devices);
  const shown = await server.ask('GET', '/v1/tasks/mnist/devices');
  expect(shown.map(({ presence }: { presence: { state: string } }) => presence.state)).toEqual([
    'online',
    'online',
  ]);
}, 120_000);
