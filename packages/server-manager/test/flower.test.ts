import { expect, it } from '@jest/globals';
import type { ServerManagerSettings } from '../src/index.js';
import { resolveSettings } from '../src/settings.js';
import { freePort } from './free-port.js';
import {
  createTask,
  expectStatus,
  registerDevice,
  type StartedManager,
  startManager,
  until,
} from './manager.js';

const MODULE = 'file:///door.mjs';
const ANY: ServerManagerSettings['servers'] = { ports: 'any', flower: { module: MODULE, ports: 'any' } };

/** A manager whose FL servers have a door each, at one port, and with two tasks. */
async function withOneDoor() {
  const port = await freePort();
  const flower = { module: MODULE, ports: { first: port, last: port } };
  const manager = await startManager({ servers: { ports: 'any', flower } });
  await createTask(manager);
  await createTask(manager, { taskId: 'other' });
  return { manager, port, servers: { ports: 'any', flower } } as const;
}

async function startRun(manager: StartedManager, taskId = 'mnist'): Promise<string> {
  const { json } = await expectStatus(201, manager.ask('POST', `/v1/tasks/${taskId}/runs`));
  return json.runId;
}

const refusal = async (manager: StartedManager, taskId: string) =>
  (await manager.ask('POST', `/v1/tasks/${taskId}/runs`)).json.code;

async function inState(manager: StartedManager, runId: string, status: string) {
  const run = async () => (await manager.ask('GET', `/v1/runs/${runId}`)).json;
  await until(async () => (await run()).state.status === status);
  return run();
}

it('FL servers have no door for Flower unless the manager is told', async () => {
  const manager = await startManager();
  await createTask(manager);
  const runId = await startRun(manager);
  expect(manager.launcher.server(runId).order?.flowerPort).toBeNull();
  manager.launcher.server(runId).ready();
  expect((await inState(manager, runId, 'running')).state).not.toHaveProperty('flowerAddress');
});

it('a run says where Flower clients find it, and nothing of ports that it holds', async () => {
  const manager = await startManager({ servers: { ...ANY, publicHost: 'fl.example' } });
  await createTask(manager);
  const runId = await startRun(manager);
  expect(manager.launcher.server(runId).order?.flowerPort).toBe(0);
  manager.launcher.server(runId).ready(40_999);
  const run = await inState(manager, runId, 'running');
  expect(run.state).toMatchObject({ url: 'http://fl.example:40999', flowerAddress: 'fl.example:40998' });
  expect(run).not.toHaveProperty('flowerPort');
});

it('the routes of Python’s manager name the door to Python’s clients, and the server to ours', async () => {
  const manager = await startManager({ servers: ANY });
  await createTask(manager);
  const runId = await startRun(manager);
  manager.launcher.server(runId).ready(40_999);
  await inState(manager, runId, 'running');
  expect((await manager.ask('GET', '/FLSe/getPort/mnist')).json).toEqual({
    task_id: 'mnist',
    port: 40_998,
    external_ip: '127.0.0.1',
    server_url: 'http://127.0.0.1:40999',
  });
  expect((await manager.ask('GET', '/FLSe/getConnectionInfo/mnist')).json).toMatchObject({
    port: 40_998,
    server_address: '127.0.0.1:40998',
  });
  const { json: ready } = await manager.ask('GET', '/FLSe/CheckServerReady/mnist');
  expect(ready).toMatchObject({ ready: true, connection_info: { port: 40_998 } });
});

it('the routes of Python’s manager name no address to Python’s clients where there is no door, and say why', async () => {
  const manager = await startManager();
  await createTask(manager);
  const runId = await startRun(manager);
  manager.launcher.server(runId).ready(40_999);
  await inState(manager, runId, 'running');
  expect((await manager.ask('GET', '/FLSe/getPort/mnist')).json).toEqual({
    task_id: 'mnist',
    message: expect.stringMatching(/no door for Flower clients.*--flower/),
    server_url: 'http://127.0.0.1:40999',
  });
});

it.each([
  ['a door', ANY, { flowerAddress: '127.0.0.1:40998' }],
  ['no door', {}, {}],
])('a device is told both addresses of an FL server with %s', async (_what, servers, expected) => {
  const manager = await startManager({ servers });
  await createTask(manager);
  const token = await registerDevice(manager, 'd1');
  const runId = await startRun(manager);
  manager.launcher.server(runId).ready(40_999);
  await inState(manager, runId, 'running');
  const { json } = await manager.ask('GET', '/v1/tasks/mnist/devices/d1/instruction', { token });
  const { taskId: _t, runId: _r, nextVersion: _v, rounds: _n, ...addresses } = json;
  expect(addresses).toEqual({ kind: 'start', serverUrl: 'http://127.0.0.1:40999', ...expected });
});

it('a port of a door is given to one run, used up, and free again when the FL server is gone', async () => {
  const { manager, port } = await withOneDoor();
  const runId = await startRun(manager);
  expect(manager.launcher.server(runId).order?.flowerPort).toBe(port);
  expect(await refusal(manager, 'other')).toBe('overloaded');
  const message = 'cannot listen: it is in use';
  manager.launcher.server(runId).end({ kind: 'failed', reason: 'unavailable', message });
  const { state } = await inState(manager, runId, 'failed');
  expect(state).toMatchObject({ reason: 'unavailable', message });
  expect(await refusal(manager, 'other')).toBe('overloaded');
  manager.launcher.server(runId).goes();
  await until(async () => (await refusal(manager, 'other')) === undefined);
});

it('gives a port to one of the runs that are asked for at once', async () => {
  const { manager } = await withOneDoor();
  const codes = await Promise.all(['mnist', 'other'].map((taskId) => refusal(manager, taskId)));
  expect(codes.sort()).toEqual(['overloaded', undefined]);
});

it('a manager that comes back knows which run holds the port of a door, and where the door is', async () => {
  const { manager: first, servers } = await withOneDoor();
  const runId = await startRun(first);
  first.launcher.server(runId).ready();
  const { state } = await inState(first, runId, 'running');
  await first.close();

  const { dataDir, models } = first;
  const second = await startManager({ dataDir, servers }, { models });
  expect((await inState(second, runId, 'running')).state.flowerAddress).toBe(state.flowerAddress);
  expect(await refusal(second, 'other')).toBe('overloaded');
  second.launcher.server(runId).goes();
  await inState(second, runId, 'failed');
  await until(async () => (await refusal(second, 'other')) === undefined);
});

it('an FL server that is started again after a crash has its door where it was', async () => {
  const manager = await startManager({ servers: ANY });
  await createTask(manager, { run: { serverRestarts: 1 } });
  const runId = await startRun(manager);
  manager.launcher.server(runId).ready();
  await inState(manager, runId, 'running');
  manager.launcher.server(runId).goes();
  await until(() => manager.launcher.launched.length === 2);
  expect(manager.launcher.launched.map(({ flowerPort }) => flowerPort)).toEqual([0, 40_998]);
});

it.each([
  ['ports that FL servers have too', { ports: { first: 30_000, last: 30_010 } }, {}],
  ['an address beyond loopback, without being told that this is meant', {}, { host: '0.0.0.0' }],
])('refuses a door at %s', (_what, flower, servers) => {
  const ports = { first: 30_005, last: 30_020 };
  const told = { ports, ...servers, flower: { module: MODULE, ...flower } };
  expect(() => resolveSettings({ dataDir: '/data', servers: told })).toThrow(
    expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining('servers.flower') }),
  );
});
