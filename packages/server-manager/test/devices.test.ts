import { expect, it } from '@jest/globals';
import { createTask, registerDevice, type StartedManager, startManager, until } from './manager.js';

const DEVICE = '/v1/tasks/mnist/devices/d1';

async function heartbeat(
  manager: StartedManager,
  token: string,
  activity: object = { kind: 'idle' },
  id = 'd1',
) {
  return manager.ask('POST', `/v1/tasks/mnist/devices/${id}/heartbeat`, { token, body: { activity } });
}

async function presence(manager: StartedManager): Promise<string> {
  return (await manager.ask('GET', DEVICE)).json.presence.state;
}

async function runningRun(manager: StartedManager): Promise<string> {
  const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
  manager.launcher.server(json.runId).ready();
  await until(
    async () => (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state.status === 'running',
  );
  return json.runId;
}

it('is online within its lease, then stale, then offline, and online again with its next heartbeat', async () => {
  const manager = await startManager();
  await createTask(manager);
  const token = await registerDevice(manager, 'd1');
  expect(await presence(manager)).toBe('online');
  await manager.clock.advance(30_001);
  expect(await presence(manager)).toBe('stale');
  await manager.clock.advance(60_000);
  expect(await presence(manager)).toBe('offline');
  await heartbeat(manager, token, { kind: 'training', runId: 'r1' });
  expect(await presence(manager)).toBe('online');
});

it('stays known to a manager that was away, and its time away does not count', async () => {
  const first = await startManager();
  await createTask(first);
  const token = await registerDevice(first, 'd1');
  await first.close();
  const { clock, dataDir } = first;
  await clock.advance(600_000);
  const second = await startManager({ dataDir }, { clock });
  expect(await presence(second)).toBe('online');
  expect((await heartbeat(second, token)).status).toBe(200);
});

it('comes back with its key and a new token; another key is refused until it is forgotten', async () => {
  const manager = await startManager();
  await createTask(manager);
  const old = await registerDevice(manager, 'd1');
  const token = await registerDevice(manager, 'd1');
  expect((await heartbeat(manager, old)).status).toBe(401);
  expect((await heartbeat(manager, token)).status).toBe(200);
  const body = { protocolVersion: 1, deviceId: 'd1', key: 'another key of someone' };
  const register = () => manager.ask('POST', '/v1/tasks/mnist/devices', { body });
  expect((await register()).status).toBe(409);
  expect((await manager.ask('DELETE', DEVICE)).status).toBe(204);
  expect((await register()).status).toBe(201);
});

it('may share its MAC with another device: one ends its part, the other is started still', async () => {
  const manager = await startManager();
  await createTask(manager);
  const tokens = [
    await registerDevice(manager, 'd1', { mac: 'aa' }),
    await registerDevice(manager, 'd2', { mac: 'aa' }),
  ];
  const runId = await runningRun(manager);
  const body = { state: 'train-failed', reason: { code: 'internal', message: 'out of memory' } };
  await manager.ask('PUT', `${DEVICE}/runs/${runId}`, { token: tokens[0], body });
  const next = (id: string, token: string | undefined) =>
    manager.ask('GET', `/v1/tasks/mnist/devices/${id}/instruction?waitMs=0`, { token });
  expect((await next('d1', tokens[0])).status).toBe(204);
  expect((await next('d2', tokens[1])).json).toMatchObject({ kind: 'start', runId });
  expect((await manager.ask('GET', `/v1/runs/${runId}`)).json.state.status).toBe('running');
});

it('may say that it is done with a run which it never began: that concerns it alone, and is said once', async () => {
  const manager = await startManager();
  await createTask(manager);
  const tokens = [await registerDevice(manager, 'd1'), await registerDevice(manager, 'd2')];
  const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
  const report = (state: string) =>
    manager.ask('PUT', `${DEVICE}/runs/${json.runId}`, { token: tokens[0], body: { state } });
  const answers = [
    await report('train-finished'),
    await report('train-finished'),
    await report('train-failed'),
  ];
  expect(answers.map(({ status, json: part }) => [status, part.state])).toEqual([
    [200, 'train-finished'],
    [200, 'train-finished'],
    [200, 'train-finished'],
  ]);
  expect((await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state.status).toBe('starting');
  manager.launcher.server(json.runId).ready();
  const next = await manager.ask('GET', '/v1/tasks/mnist/devices/d2/instruction', { token: tokens[1] });
  expect(next.json).toMatchObject({ kind: 'start', runId: json.runId });
  const unknown = await manager.ask('PUT', `${DEVICE}/runs/r99`, {
    token: tokens[0],
    body: { state: 'out' },
  });
  expect(unknown.status).toBe(404);
});

it('hears by its waiting question that a run is ready, and how it ended', async () => {
  const manager = await startManager();
  await createTask(manager);
  const token = await registerDevice(manager, 'd1');
  const waiting = manager.ask('GET', `${DEVICE}/instruction`, { token });
  const runId = await runningRun(manager);
  expect((await waiting).json).toMatchObject({ kind: 'start', runId, nextVersion: 1 });
  const atRun = manager.ask('GET', `${DEVICE}/instruction?run=${runId}`, { token });
  manager.launcher.server(runId).end({ kind: 'failed', reason: 'quorum-not-met', message: 'too few' });
  expect((await atRun).json).toMatchObject({ kind: 'failed', runId, reason: 'quorum-not-met' });
});

it('is refused with the first tensor that differs where its model is another', async () => {
  const manager = await startManager();
  await createTask(manager);
  const signature = [{ name: 'kernel', shape: [9], dtype: 'float32' }];
  const body = { protocolVersion: 1, deviceId: 'd1', key: 'a key of the device d1', signature };
  const { status, json } = await manager.ask('POST', '/v1/tasks/mnist/devices', { body });
  expect([status, json.code, json.details.index]).toEqual([422, 'shape-mismatch', 0]);
});

it('cannot act for another device, and is refused where the task is unknown', async () => {
  const manager = await startManager();
  await createTask(manager);
  const token = await registerDevice(manager, 'd1');
  await registerDevice(manager, 'd2');
  expect((await heartbeat(manager, token, { kind: 'idle' }, 'd2')).status).toBe(401);
  const body = { protocolVersion: 1, deviceId: 'd1', key: 'a key of the device d1' };
  expect((await manager.ask('POST', '/v1/tasks/none/devices', { body })).status).toBe(404);
});

it('starts a run with the others once enough are ready, and not before', async () => {
  const manager = await startManager();
  await createTask(manager, { trigger: { kind: 'devices-ready', devices: 2 } });
  const tokens = [await registerDevice(manager, 'd1'), await registerDevice(manager, 'd2')];
  await heartbeat(manager, tokens[0]!);
  expect((await manager.ask('GET', '/v1/runs')).json).toEqual([]);
  await heartbeat(manager, tokens[1]!, { kind: 'idle' }, 'd2');
  await until(() => manager.launcher.launched.length === 1);
});

it('lets a schedule start runs too', async () => {
  const manager = await startManager();
  await createTask(manager, { trigger: { kind: 'cron', expression: '10 0 * * *' } });
  await manager.clock.advance(600_000 - 1_000);
  expect(manager.launcher.launched).toHaveLength(0);
  await manager.clock.advance(2_000);
  await until(() => manager.launcher.launched.length === 1);
  const bad = { taskId: 'x', trigger: { kind: 'cron', expression: 'never' } };
  expect((await manager.ask('POST', '/v1/tasks', { body: bad })).status).toBe(400);
});

it('needs the tokens that are configured', async () => {
  const [adminToken, deviceToken] = ['operator-secret-0123', 'device-secret-01234567'];
  const manager = await startManager({ adminToken, deviceToken });
  await createTask(manager, {}, adminToken);
  const body = { protocolVersion: 1, deviceId: 'd1', key: 'a key of the device d1' };
  const register = (token?: string) => manager.ask('POST', '/v1/tasks/mnist/devices', { body, token });
  expect([(await register()).status, (await register(deviceToken)).status]).toEqual([401, 201]);
  expect((await manager.ask('GET', '/v1/tasks', { token: deviceToken })).status).toBe(403);
  expect((await manager.ask('GET', '/FLSe/info/mnist/aa')).status).toBe(401);
  expect((await manager.ask('GET', '/healthz', { headers: { Origin: 'https://evil.example' } })).status).toBe(
    403,
  );
});
