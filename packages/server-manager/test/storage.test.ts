import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeParameters } from '@fedops/parameters';
import { describe, expect, it } from '@jest/globals';
import { type Database, openDatabase } from '../src/store/sqlite/database.js';
import { storeIn } from '../src/store/sqlite/sqlite-store.js';
import { temporaryDirectory } from './directories.js';
import { codeOf } from './error-code.js';
import { createTask, modelOf, registerDevice, type StartedManager, startManager, until } from './manager.js';

/** A manager whose store takes nothing more while the test says so. */
async function managerOnADisk(settings: Parameters<typeof startManager>[0] = {}) {
  const database = await openDatabase(join(await temporaryDirectory(), 'manager.db'));
  const manager = await startManager(settings, { store: storeIn(database) });
  return { manager, database };
}

const FAULTS: readonly (readonly [
  string,
  (database: Database) => Promise<unknown>,
  (database: Database) => Promise<unknown>,
])[] = [
  [
    'full',
    (database) => database.read({ sql: 'PRAGMA max_page_count = 1' }),
    (database) => database.read({ sql: 'PRAGMA max_page_count = 1000000' }),
  ],
  [
    'read-only',
    (database) => database.read({ sql: 'PRAGMA query_only = 1' }),
    (database) => database.read({ sql: 'PRAGMA query_only = 0' }),
  ],
];

/** More than the free places of the file's pages take. */
const LONG = 'x'.repeat(300);
const rows = {
  rows: Array.from({ length: 200 }, (_, round) => ({ kind: 'custom', round, values: { LONG } })),
};

async function answers(manager: StartedManager, token: string) {
  const device = '/v1/tasks/mnist/devices/d1';
  const registration = { protocolVersion: 1, deviceId: 'd2', key: 'a key of the device d2', name: LONG };
  const activity = { kind: 'idle' };
  const given = [
    manager.ask('POST', '/v1/tasks/mnist/metrics', { body: rows }),
    manager.ask('POST', '/v1/tasks', {
      body: { taskId: 'birds', title: LONG, run: { fitConfig: { LONG: LONG.repeat(100) } } },
    }),
    manager.ask('GET', '/v1/tasks/mnist'),
    manager.ask('GET', '/v1/tasks/mnist/devices'),
    manager.ask('POST', `${device}/heartbeat`, { token, body: { activity } }),
  ];
  // One long row after another: whatever is free in the file is used up by then.
  const registered = await manager.ask('POST', '/v1/tasks/mnist/devices', { body: registration });
  return { answers: await Promise.all(given), registered };
}

describe.each(FAULTS)('a store that is %s', (_name, breakIt, mend) => {
  it('is told to whoever wants to write, takes nothing of what was acknowledged, and works again after', async () => {
    const { manager, database } = await managerOnADisk();
    await createTask(manager);
    const token = await registerDevice(manager, 'd1');
    await breakIt(database);
    const { answers: given } = await answers(manager, token);
    expect(given.map(({ status }) => status)).toEqual([507, 507, 200, 200, 200]);
    expect(given[0]?.json).toMatchObject({ code: 'storage', message: expect.any(String) });
    expect((await manager.ask('GET', '/v1/tasks/mnist/metrics')).json).toEqual([]);
    expect(
      (await manager.ask('GET', '/v1/tasks')).json.map(({ taskId }: { taskId: string }) => taskId),
    ).toEqual(['mnist']);
    await mend(database);
    const after = await answers(manager, token);
    expect(after.answers.map(({ status }) => status)).toEqual([201, 201, 200, 200, 200]);
    expect(after.registered.status).toBe(201);
  });

  it('shows no end of a run before that is kept, and keeps it as soon as it can', async () => {
    const { manager, database } = await managerOnADisk();
    await createTask(manager, { run: { fitConfig: { LONG: LONG.repeat(100) } } });
    const { json } = await manager.ask('POST', '/v1/tasks/mnist/runs');
    const state = async () => (await manager.ask('GET', `/v1/runs/${json.runId}`)).json.state;
    manager.launcher.server(json.runId).ready();
    await until(async () => (await state()).status === 'running');
    await breakIt(database);
    manager.launcher.server(json.runId).end({ kind: 'failed', reason: 'storage', message: LONG.repeat(20) });
    await manager.clock.advance(10_000);
    expect((await state()).status).toBe('running');
    await mend(database);
    await manager.clock.advance(2_000);
    await until(async () => (await state()).status === 'failed');
  });
});

describe('the files of a manager', () => {
  it('are refused with storage where no directory can be made', async () => {
    const path = join(await temporaryDirectory(), 'in-the-way');
    await writeFile(path, 'a file');
    expect(await codeOf(startManager({ dataDir: path }))).toBe('storage');
  });

  it('are refused with storage where a directory lies in the place of the store', async () => {
    const dataDir = await temporaryDirectory();
    const store = join(dataDir, 'manager.db');
    await mkdir(store);
    await expect(startManager({ dataDir })).rejects.toMatchObject({
      code: 'storage',
      message: `database ${store}: it cannot be opened; expected a file that can be read and written, or none yet`,
    });
  });

  it('leave the model as it was where an upload cannot be written', async () => {
    const manager = await startManager();
    await createTask(manager);
    const tasks = join(manager.dataDir, 'tasks');
    const upload = (value: number) =>
      manager.ask('PUT', '/v1/tasks/mnist/initial-parameters', { bytes: encodeParameters(modelOf(value)) });
    const before = (await manager.ask('GET', '/v1/tasks/mnist')).json.initialModel;
    await rm(tasks, { recursive: true });
    await writeFile(tasks, 'a file in the way');
    const refused = await upload(1);
    expect([refused.status, refused.json.code]).toEqual([507, 'storage']);
    expect((await manager.ask('GET', '/v1/tasks/mnist')).json.initialModel).toEqual(before);
    await rm(tasks);
    await mkdir(tasks);
    expect((await upload(1)).status).toBe(200);
  });
});
