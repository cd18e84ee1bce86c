import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeParameters } from '@fedops/parameters';
import { expect, it } from '@jest/globals';
import { createTask, modelOf, registerDevice, startManager, until } from './manager.js';

it('is removed with its files, devices and runs, and nothing of any other task', async () => {
  const manager = await startManager();
  for (const taskId of ['a', 'b']) {
    await createTask(manager, { taskId });
    await registerDevice(manager, 'd1', {}, taskId);
    const { json } = await manager.ask('POST', `/v1/tasks/${taskId}/runs`);
    manager.launcher.server(json.runId).goes();
    await until(
      async () => (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state.status === 'failed',
    );
    await until(async () => (await manager.ask('POST', `/v1/tasks/${taskId}/metrics`, ROWS)).status === 201);
  }
  await until(async () => (await manager.ask('DELETE', '/v1/tasks/a')).status === 204);
  expect((await manager.ask('GET', '/v1/tasks/a/devices')).status).toBe(404);
  expect(await readdir(join(manager.dataDir, 'tasks'))).toHaveLength(1);
  const kept = await Promise.all(
    ['devices', 'runs', 'metrics'].map((what) => manager.ask('GET', `/v1/tasks/b/${what}`)),
  );
  expect(kept.map(({ json }) => json.length)).toEqual([1, 1, 1]);
  const model = await manager.ask('GET', '/v1/tasks/b/initial-parameters');
  expect(model.bytes.equals(Buffer.from(encodeParameters(modelOf(0))))).toBe(true);
});

const ROWS = { body: { rows: [{ kind: 'custom', values: { x: 1 } }] } };

it.each(['org/model', 'ORG/MODEL', '../model', 'a:b', 'model '])(
  'named %j has a place of its own beside every other, inside the data directory',
  async (taskId) => {
    const manager = await startManager();
    await createTask(manager, { taskId: 'org/Model' });
    const path = `/v1/tasks/${encodeURIComponent(taskId)}`;
    const created = await manager.ask('POST', '/v1/tasks', { body: { taskId } });
    expect(created.status).toBe(201);
    const bytes = encodeParameters(modelOf(7)) as Uint8Array<ArrayBuffer>;
    expect((await manager.ask('PUT', `${path}/initial-parameters`, { bytes })).status).toBe(200);
    const [own, other] = await Promise.all(
      [path, '/v1/tasks/org%2FModel'].map((task) => manager.ask('GET', `${task}/initial-parameters`)),
    );
    expect(own?.bytes.equals(Buffer.from(bytes))).toBe(true);
    expect(other?.bytes.equals(Buffer.from(encodeParameters(modelOf(0))))).toBe(true);
    expect(await readdir(join(manager.dataDir, 'tasks'))).toHaveLength(2);
    expect(await readdir(manager.dataDir)).toEqual(expect.arrayContaining(['tasks']));
    expect((await readdir(manager.dataDir)).filter((name) => !name.startsWith('manager.db'))).toEqual([
      'tasks',
    ]);
  },
);

it.each(['.', '..'])('cannot be named %j, which no path could hold; nor can a device', async (id) => {
  const manager = await startManager();
  await createTask(manager);
  const refused = [
    await manager.ask('POST', '/v1/tasks', { body: { taskId: id } }),
    await manager.ask('POST', '/v1/tasks/mnist/devices', {
      body: { protocolVersion: 1, deviceId: id, key: 'a key of this device' },
    }),
  ];
  expect(refused.map(({ status, json }) => [status, json.code])).toEqual([
    [400, 'invalid-argument'],
    [400, 'invalid-argument'],
  ]);
});
