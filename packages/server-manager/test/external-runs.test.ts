import { expect, it } from '@jest/globals';
import { createTask, registerDevice, type StartedManager, startManager, until } from './manager.js';

const EXTERNAL = { server: { kind: 'external', url: 'http://10.0.0.5:40026' } };
const BEGAN = '2026-11-24T08:00:00.000Z';
const DEVICE = '/v1/tasks/mnist/devices/d1';

interface Device {
  asks(run?: string, waitMs?: number): ReturnType<StartedManager['ask']>;
  reports(run: string, body: object): ReturnType<StartedManager['ask']>;
}

async function aDevice(manager: StartedManager): Promise<Device> {
  const token = await registerDevice(manager, 'd1');
  return {
    asks: (run, waitMs = 0) => {
      const named = run === undefined ? '' : `&run=${encodeURIComponent(run)}`;
      return manager.ask('GET', `${DEVICE}/instruction?waitMs=${waitMs}${named}`, { token });
    },
    reports: (run, body) => manager.ask('PUT', `${DEVICE}/runs/${encodeURIComponent(run)}`, { token, body }),
  };
}

/** A task whose FL server somebody else starts, with a device. */
async function aTask() {
  const manager = await startManager();
  await createTask(manager, EXTERNAL);
  return {
    manager,
    device: await aDevice(manager),
    says: (body: object) => manager.ask('PUT', '/FLSe/FLSeUpdate/mnist', { body }),
    finishes: (query = '') => manager.ask('PUT', `/FLSe/FLRoundFin/mnist?FLSeReady=false${query}`),
  };
}

const ready = (version: number, began = BEGAN) => ({
  FLSeReady: true,
  GL_Model_V: version,
  FLServer_start: began,
});

it('starts a device where the FL server says that it is ready, also one that waits for that', async () => {
  const { device, says } = await aTask();
  expect((await device.asks()).status).toBe(204);
  const waiting = device.asks(undefined, 25_000);
  await says(ready(4));
  const start = {
    kind: 'start',
    taskId: 'mnist',
    runId: `V4 ${BEGAN}`,
    serverUrl: 'http://10.0.0.5:40026',
    flowerAddress: '10.0.0.5:40026',
    nextVersion: 4,
  };
  expect((await waiting).json).toEqual(start);
  expect((await device.asks()).json).toEqual(start);
  expect((await device.asks(start.runId)).status).toBe(204);
});

it('tells a device that its run has published, and starts it in the next one alone', async () => {
  const { device, says, finishes } = await aTask();
  await says(ready(4));
  const first = (await device.asks()).json.runId;
  await finishes();
  expect((await device.asks(first)).json).toEqual({
    kind: 'published',
    taskId: 'mnist',
    runId: first,
    version: 4,
  });
  expect((await device.asks()).status).toBe(204);
  await says(ready(5));
  expect((await device.asks(first)).json).toMatchObject({ kind: 'start', nextVersion: 5 });
});

it('tells a device that its run has failed, or was stopped', async () => {
  const { manager, device, says } = await aTask();
  await says(ready(1));
  const run = (await device.asks()).json.runId;
  await says({ FLSeReady: false });
  expect((await device.asks(run)).json).toMatchObject({ kind: 'failed', runId: run, reason: 'failed' });

  const campaign = {
    runId: 'campaign-1',
    baseGlobalModelVersion: 0,
    targetGlobalModelVersion: 1,
    campaign: {},
  };
  await manager.ask('POST', '/FLSe/BeginCampaign/mnist', { body: campaign });
  expect((await device.asks()).status).toBe(204);
  await says({ ...ready(1), Campaign_run_id: 'campaign-1' });
  expect((await device.asks()).json).toMatchObject({ kind: 'start', runId: 'campaign-1', nextVersion: 1 });
  const end = { runId: 'campaign-1', phase: 'finished' };
  await manager.ask('POST', '/FLSe/EndCampaign/mnist', { body: end });
  expect((await device.asks('campaign-1')).json).toMatchObject({ kind: 'failed', reason: 'stopped' });
});

it('starts no device again whose part has ended, also after the manager was away', async () => {
  const { manager, device, says } = await aTask();
  await says(ready(1));
  const run = (await device.asks()).json.runId;
  expect((await device.reports(run, { state: 'train-finished' })).json).toMatchObject({
    runId: run,
    clientId: 'd1',
    state: 'train-finished',
  });
  expect((await device.asks()).status).toBe(204);
  await manager.close();
  const next = await startManager({ dataDir: manager.dataDir });
  const again = await aDevice(next);
  expect((await again.asks()).status).toBe(204);
  await next.ask('PUT', '/FLSe/FLSeUpdate/mnist', { body: ready(1, '2026-11-24T09:00:00.000Z') });
  expect((await again.asks()).json).toMatchObject({ kind: 'start' });
});

it('keeps apart the parts of two tasks whose FL servers give their runs the same id', async () => {
  const { manager, device, says } = await aTask();
  await createTask(manager, { taskId: 'other', ...EXTERNAL });
  await says(ready(1));
  await manager.ask('PUT', '/FLSe/FLSeUpdate/other', { body: ready(1) });
  const run = (await device.asks()).json.runId;
  await device.reports(run, { state: 'train-finished' });
  const token = await registerDevice(manager, 'd1', {}, 'other');
  const there = await manager.ask('GET', '/v1/tasks/other/devices/d1/instruction?waitMs=0', { token });
  expect(there.json).toMatchObject({ kind: 'start', runId: run });
});

it('goes on when a task is removed while a device waits', async () => {
  const { manager, device } = await aTask();
  await manager.clock.advance(1_000);
  const { lastSeen } = (await manager.ask('GET', DEVICE)).json;
  const waiting = device.asks(undefined, 25_000);
  await until(async () => (await manager.ask('GET', DEVICE)).json.lastSeen !== lastSeen);
  expect((await manager.ask('DELETE', '/v1/tasks/mnist')).status).toBe(204);
  await manager.clock.advance(25_000);
  expect((await waiting).status).toBe(204);
});
