import { systemClock } from '@fedops/client-api';
import { FLClientTask } from '@fedops/client-app';
import type { ClientManagerHandle } from '@fedops/client-manager';
import type { Trainer } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { aClientManager, aServerManager, atEnd, prepareTask, type Server, until } from './real-services.js';

const TEN_MINUTES_MS = 600_000;
const RUN = { rounds: 1, clientsPerRound: { kind: 'all', atLeast: 2 }, quorum: 2, waitForClientsMs: 30_000 };

const trainer: Trainer = {
  async fit({ parameters: { signature, tensors } }) {
    const trained = tensors.map((tensor) => (tensor as Float32Array).map((value) => value + 1));
    return { parameters: createParameters(signature, trained), numExamples: 1, metrics: { loss: 0.5 } };
  },
  evaluate: async () => ({ loss: 0.25, numExamples: 1, metrics: { accuracy: 0.75 } }),
};

/** A client app and its manager. */
async function aDevice(
  serverManagerUrl: string,
  id: string,
  { offMs = 0, signature }: { readonly offMs?: number; readonly signature?: Signature } = {},
): Promise<ClientManagerHandle> {
  const clock = { ...systemClock, now: () => systemClock.now() + offMs };
  const settings = {
    taskId: 'mnist',
    trainer: { ...trainer, signature },
    clientId: id,
    key: `the key of ${id}`,
    port: 0,
  };
  const app = await new FLClientTask(settings, { logger: silentLogger, env: {}, clock }).start();
  atEnd(() => app.close());
  return aClientManager({ id, clientUrl: app.url, serverManagerUrl, offMs });
}

function isDoneWith(device: ClientManagerHandle, runId: string): boolean {
  const { phase, last } = device.state();
  return phase === 'waiting' && last?.runId === runId && last.isRunOver;
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
  await prepareTask(server, RUN);
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
}, 300_000);

it('a server manager and devices whose clocks are up to twenty minutes apart go through a run', async () => {
  const server = await aServerManager({ offMs: -TEN_MINUTES_MS });
  await prepareTask(server, RUN);
  const devices = [
    await aDevice(server.url, 'device-1', { offMs: TEN_MINUTES_MS }),
    await aDevice(server.url, 'device-2', { offMs: -TEN_MINUTES_MS / 2 }),
  ];
  await goThroughRun(server, devices);
  const shown = await server.ask('GET', '/v1/tasks/mnist/devices');
  expect(shown.map(({ presence }: { presence: { state: string } }) => presence.state)).toEqual([
    'online',
    'online',
  ]);
}, 300_000);

it('a device that trains another model is refused by name before any run, which goes on with the others', async () => {
  const server = await aServerManager();
  await prepareTask(server, RUN);
  const signatureOf = (size: number): Signature => [{ name: 'w', shape: [size], dtype: 'float32' }];
  const other = await aDevice(server.url, 'device-0', { signature: signatureOf(5) });
  const devices = [
    await aDevice(server.url, 'device-1', { signature: signatureOf(4) }),
    await aDevice(server.url, 'device-2'),
  ];
  await until(() => other.state().reason === 'other-model');
  await goThroughRun(server, devices);
  expect(other.state()).toMatchObject({
    phase: 'registering',
    reason: 'other-model',
    error: { code: 'shape-mismatch', message: 'tensor 0: expected w float32[4], got w float32[5]' },
    last: null,
  });
  const shown: { deviceId: string }[] = await server.ask('GET', '/v1/tasks/mnist/devices');
  expect(shown.map(({ deviceId }) => deviceId).sort()).toEqual(['device-1', 'device-2']);
}, 300_000);
