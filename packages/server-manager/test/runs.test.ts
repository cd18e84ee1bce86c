import { describe, expect, it } from '@jest/globals';
import { deferred } from '../src/deferred.js';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.js';
import type { Store } from '../src/store/store.js';
import { freePort, freePortPair } from './free-port.js';
import { createTask, modelOf, type StartedManager, startManager, until, viewWith } from './manager.js';

const STANDSTILL = { kind: 'suspended', reason: 'storage', message: 'the disk is full' } as const;

async function startRun(manager: StartedManager, body: object = {}) {
  const { status, json } = await manager.ask('POST', '/v1/tasks/mnist/runs', { body });
  expect(status).toBe(201);
  return json.runId as string;
}

async function statusOf(manager: StartedManager, runId: string): Promise<string> {
  return (await manager.ask('GET', `/v1/runs/${runId}`)).json.state.status;
}

async function publish(manager: StartedManager, runId: string, version: number, accuracy: number) {
  const digest = manager.models.publish({ taskId: 'mnist', runId, version }, modelOf(accuracy));
  const server = manager.launcher.server(runId);
  server.end({ kind: 'published', version, digest }, viewWith(runId, digest, { accuracy }));
  await until(async () => (await statusOf(manager, runId)) === 'published');
  server.goes();
  return digest;
}

describe('a run', () => {
  it('starts an FL server from the base version, runs, and publishes the next version with its lineage', async () => {
    const manager = await startManager();
    await createTask(manager, { run: { rounds: 2 } });
    const runId = await startRun(manager, { rounds: 5 });
    const server = manager.launcher.server(runId);
    expect(server.order?.settings.rounds).toBe(5);
    expect(await statusOf(manager, runId)).toBe('starting');
    server.ready(40_777);
    await until(async () => (await statusOf(manager, runId)) === 'running');
    const digest = await publish(manager, runId, 1, 0.5);
    const { json } = await manager.ask('GET', '/v1/tasks/mnist/models/latest');
    expect(json).toMatchObject({
      version: 1,
      runId,
      baseVersion: 0,
      digest,
      metrics: { accuracy: 0.5, loss: 0.3, fit_loss: 0.4 },
    });
    expect(json.manifest.lineage.strategy.name).toBe('FedAvg');
    const second = await startRun(manager);
    await until(() => manager.launcher.launched.length === 2);
    expect((await manager.ask('GET', `/v1/runs/${second}`)).json.baseVersion).toBe(1);
  });

  it('has failed, and finished nothing, when its FL server crashed', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    manager.launcher.server(runId).ready();
    await until(async () => (await statusOf(manager, runId)) === 'running');
    manager.launcher.server(runId).goes();
    await until(async () => (await statusOf(manager, runId)) === 'failed');
    expect((await manager.ask('GET', `/v1/runs/${runId}`)).json.state.reason).toBe('server-crashed');
    expect((await manager.ask('GET', '/v1/tasks/mnist/models')).json).toEqual([]);
    expect((await manager.ask('GET', '/FLSe/info/mnist/aa')).json.Server_Status).toMatchObject({
      FLSeReady: false,
      GL_Model_V: 1,
    });
  });

  it('is published where its FL server published and then died without a word', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    manager.launcher.server(runId).ready();
    manager.models.publish({ taskId: 'mnist', runId, version: 1 }, modelOf(1));
    manager.launcher.server(runId).goes();
    await until(async () => (await statusOf(manager, runId)) === 'published');
  });

  it('has failed where the FL server says published and the model store cannot be read', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    manager.models.break();
    manager.launcher.server(runId).end({ kind: 'published', version: 1, digest: 'a'.repeat(64) });
    await until(async () => (await statusOf(manager, runId)) === 'failed');
    expect((await manager.ask('GET', `/v1/runs/${runId}`)).json.state.reason).toBe('storage');
  });

  it('has failed where its FL server crashed after an earlier run had published: that version is not its own', async () => {
    const manager = await startManager();
    await createTask(manager);
    await publish(manager, await startRun(manager), 1, 0.5);
    const second = await startRun(manager);
    await until(() => manager.launcher.launched.length === 2);
    manager.launcher.server(second).goes();
    await until(async () => (await statusOf(manager, second)) !== 'starting');
    expect((await manager.ask('GET', `/v1/runs/${second}`)).json.state).toMatchObject({
      status: 'failed',
      reason: 'server-crashed',
    });
  });

  it('has failed where the FL server says published and the model store, which can be read, lacks the version', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    manager.launcher.server(runId).end({ kind: 'published', version: 1, digest: 'a'.repeat(64) });
    await until(async () => (await statusOf(manager, runId)) !== 'starting');
    expect((await manager.ask('GET', `/v1/runs/${runId}`)).json.state).toMatchObject({
      status: 'failed',
      reason: 'storage',
    });
    expect((await manager.ask('GET', '/v1/tasks/mnist/models')).json).toEqual([]);
  });

  it('does not start where the model store cannot be read: that is never no model yet', async () => {
    const manager = await startManager();
    await createTask(manager);
    manager.models.break();
    const { status, json } = await manager.ask('POST', '/v1/tasks/mnist/runs', { body: {} });
    expect([status, json.code]).toEqual([507, 'storage']);
    expect(manager.launcher.launched).toEqual([]);
  });

  it('goes on with a new FL server after a crash where it has restarts left', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager, { serverRestarts: 1 });
    manager.launcher.server(runId).ready(40_888);
    await until(async () => (await statusOf(manager, runId)) === 'running');
    manager.launcher.server(runId).goes();
    await until(() => manager.launcher.launched.length === 2);
    expect(manager.launcher.launched[1]).toMatchObject({ runId, port: 40_888 });
    expect(manager.launcher.launched[1]?.token).not.toBe(manager.launcher.launched[0]?.token);
    manager.launcher.server(runId).goes();
    await until(async () => (await statusOf(manager, runId)) === 'failed');
    expect(manager.launcher.launched).toHaveLength(2);
  });

  it('waits where its FL server stands still, says why and until when, and goes on at the same port', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    manager.launcher.server(runId).ready(40_888);
    await until(async () => (await statusOf(manager, runId)) === 'running');
    manager.launcher.server(runId).end(STANDSTILL);
    await until(async () => (await statusOf(manager, runId)) === 'suspended');
    const { json } = await manager.ask('GET', `/v1/runs/${runId}`);
    expect(json).toMatchObject({
      restarts: 0,
      state: { reason: 'storage', message: 'the disk is full', attempt: 1, attempts: 30 },
    });
    expect(Date.parse(json.state.deadline) - Date.parse(json.state.since)).toBe(30_000);
    expect((await manager.ask('POST', '/v1/tasks/mnist/runs')).status).toBe(409);

    await manager.clock.advance(30_000);
    await until(async () => (await statusOf(manager, runId)) === 'starting');
    expect(manager.launcher.launched).toHaveLength(1);
    manager.launcher.server(runId).goes();
    await until(() => manager.launcher.launched.length === 2);
    expect(manager.launcher.launched[1]).toMatchObject({ runId, port: 40_888 });
    manager.launcher.server(runId).ready(40_888);
    await until(async () => (await statusOf(manager, runId)) === 'running');
    await publish(manager, runId, 1, 0.9);
  });

  it('ends where it is stopped while it waits, and what it held is free for the next', async () => {
    const port = await freePort();
    const manager = await startManager({ servers: { ports: { first: port, last: port } } });
    await createTask(manager);
    const runId = await startRun(manager);
    const server = manager.launcher.server(runId);
    server.end(STANDSTILL);
    server.goes();
    await until(async () => (await statusOf(manager, runId)) === 'suspended');
    const { json } = await manager.ask('POST', `/v1/runs/${runId}/stop`, { body: { message: 'enough' } });
    expect(json.state).toMatchObject({ status: 'failed', reason: 'stopped', message: 'enough' });
    await until(() => manager.launcher.discarded.includes(runId));
    await until(async () => (await manager.ask('POST', '/v1/tasks/mnist/runs')).status === 201);
    await until(() => manager.launcher.launched.length === 2);
    expect(manager.launcher.launched[1]).toMatchObject({ port });
  });

  it('is one at a time for a task, and the next waits until the FL server of the last is gone', async () => {
    const manager = await startManager();
    await createTask(manager);
    const first = await startRun(manager);
    const again = await manager.ask('POST', '/v1/tasks/mnist/runs', { body: {} });
    expect([again.status, again.json.code, again.json.details.runId]).toEqual([409, 'conflict', first]);
    manager.launcher.server(first).end({ kind: 'failed', reason: 'quorum-not-met', message: 'no quorum' });
    await until(async () => (await statusOf(manager, first)) === 'failed');
    const second = await startRun(manager);
    await manager.clock.advance(1_000);
    expect(manager.launcher.launched).toHaveLength(1);
    manager.launcher.server(first).goes();
    await until(() => manager.launcher.launched.length === 2);
    expect(await statusOf(manager, second)).toBe('starting');
  });

  it('ends as failed when it is stopped, by force where the FL server does not heed', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    manager.launcher.server(runId).ready();
    await until(async () => (await statusOf(manager, runId)) === 'running');
    const { json } = await manager.ask('POST', `/v1/runs/${runId}/stop`, { body: { message: 'enough' } });
    expect(json.state.status).toBe('stopping');
    expect(manager.launcher.server(runId).told).toEqual(['stop']);
    await manager.clock.advance(10_000);
    await until(async () => (await statusOf(manager, runId)) === 'failed');
    expect(manager.launcher.server(runId).told).toEqual(['stop', 'kill']);
    expect((await manager.ask('GET', `/v1/runs/${runId}`)).json.state).toMatchObject({
      reason: 'stopped',
      message: 'enough',
    });
    const after = await manager.ask('POST', `/v1/runs/${runId}/stop`);
    expect([after.status, after.json.state.status]).toEqual([200, 'failed']);
  });

  it('keeps why it was stopped, also where its FL server heeds and says only that it was', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    manager.launcher.server(runId).ready();
    await until(async () => (await statusOf(manager, runId)) === 'running');
    await manager.ask('POST', `/v1/runs/${runId}/stop`, { body: { message: 'enough' } });
    manager.launcher.server(runId).end({ kind: 'failed', reason: 'stopped', message: 'stopped by somebody' });
    await until(async () => (await statusOf(manager, runId)) === 'failed');
    const { json } = await manager.ask('GET', `/v1/runs/${runId}`);
    expect(json.state).toMatchObject({ reason: 'stopped', message: 'enough' });
  });

  it('waits for nothing for ever: not for a server to be ready, not for a run to end', async () => {
    const manager = await startManager();
    await createTask(manager, { run: { runMs: 60_000 } });
    const first = await startRun(manager);
    await manager.clock.advance(120_000);
    await until(async () => (await statusOf(manager, first)) === 'failed');
    expect((await manager.ask('GET', `/v1/runs/${first}`)).json.state.reason).toBe('server-not-ready');
    manager.launcher.server(first).goes();
    const second = await startRun(manager);
    await until(() => manager.launcher.launched.length === 2);
    manager.launcher.server(second).ready();
    await until(async () => (await statusOf(manager, second)) === 'running');
    await manager.clock.advance(60_000);
    await until(async () => (await statusOf(manager, second)) === 'failed');
    expect((await manager.ask('GET', `/v1/runs/${second}`)).json.state.reason).toBe('run-too-long');
  });
});

describe('ports', () => {
  it('are given to one run each, used up, and free again when the FL server is gone', async () => {
    const free = await freePort();
    const manager = await startManager({ servers: { ports: { first: free, last: free } } });
    await createTask(manager);
    await createTask(manager, { taskId: 'other' });
    const runId = await startRun(manager);
    expect(manager.launcher.server(runId).order?.port).toBe(free);
    const refused = await manager.ask('POST', '/v1/tasks/other/runs');
    expect([refused.status, refused.json.code]).toEqual([429, 'overloaded']);
    manager.launcher.server(runId).end({ kind: 'failed', reason: 'stopped', message: 'stopped' });
    await until(async () => (await statusOf(manager, runId)) === 'failed');
    expect((await manager.ask('POST', '/v1/tasks/other/runs')).status).toBe(429);
    manager.launcher.server(runId).goes();
    await until(async () => (await manager.ask('POST', '/v1/tasks/other/runs')).status === 201);
  });

  it('are two for two tasks that start at once, however long the first takes to be kept', async () => {
    const first = await freePortPair();
    const store = await openSqliteStore(':memory:');
    const kept = deferred<void>();
    let begun = 0;
    const begin: Store['runs']['begin'] = async (run) => {
      begun++;
      await kept.promise;
      return store.runs.begin(run);
    };
    const manager = await startManager(
      { servers: { ports: { first, last: first + 1 } } },
      { store: { ...store, runs: { ...store.runs, begin } } },
    );
    await createTask(manager);
    await createTask(manager, { taskId: 'other' });
    const starting = ['mnist', 'other'].map((taskId) =>
      manager.ask('POST', `/v1/tasks/${taskId}/runs`, { body: {} }),
    );
    await until(() => begun > 0);
    // The other has all the time to look for a port of its own meanwhile.
    for (let i = 0; i < 20; i++) await manager.ask('GET', '/v1/tasks');
    kept.resolve();
    expect((await Promise.all(starting)).map(({ status }) => status)).toEqual([201, 201]);
    await until(() => manager.launcher.launched.length === 2);
    expect(manager.launcher.launched.map(({ port }) => port).toSorted()).toEqual([first, first + 1]);
  });
});

describe('a manager that comes back', () => {
  it('goes on with a run whose FL server it finds, and with its token', async () => {
    const first = await startManager();
    await createTask(first);
    const runId = await startRun(first);
    first.launcher.server(runId).ready(40_999);
    await until(async () => (await statusOf(first, runId)) === 'running');
    await first.close();
    expect(first.launcher.server(runId).told).toEqual(['let-go']);

    const { dataDir, models } = first;
    const second = await startManager({ dataDir }, { models });
    expect(second.launcher.found).toEqual([runId]);
    expect(await statusOf(second, runId)).toBe('running');
    await publish(second, runId, 1, 0.9);
  });

  it('starts the FL server of a run whose manager died before it could, once', async () => {
    const first = await startManager();
    await createTask(first);
    const runId = await startRun(first);
    await first.close();
    const second = await startManager({ dataDir: first.dataDir }, { models: first.models });
    second.launcher.server(runId).neverBegan();
    await until(() => second.launcher.launched.length === 1);
    expect(second.launcher.launched[0]).toMatchObject({ runId });
    second.launcher.server(runId).neverBegan();
    await until(async () => (await statusOf(second, runId)) === 'failed');
    expect(second.launcher.launched).toHaveLength(1);
  });

  it('waits on for a run whose FL server stood still, and starts it once though it finds how that ended', async () => {
    const first = await startManager();
    await createTask(first);
    const runId = await startRun(first);
    first.launcher.server(runId).end(STANDSTILL);
    await until(async () => (await statusOf(first, runId)) === 'suspended');
    await first.close();

    const second = await startManager({ dataDir: first.dataDir }, { models: first.models });
    const found = second.launcher.server(runId);
    found.ready();
    found.end(STANDSTILL);
    found.goes();
    expect((await second.ask('GET', `/v1/runs/${runId}`)).json.state).toMatchObject({ attempt: 1 });
    await second.clock.advance(30_000);
    await until(() => second.launcher.launched.length === 1);
    expect(await statusOf(second, runId)).toBe('starting');
    await publish(second, runId, 1, 0.9);
  });

  it('takes a run as failed whose FL server has gone in the meantime', async () => {
    const first = await startManager();
    await createTask(first);
    const runId = await startRun(first);
    await first.close();
    const second = await startManager({ dataDir: first.dataDir }, { models: first.models });
    second.launcher.server(runId).goes();
    await until(async () => (await statusOf(second, runId)) === 'failed');
    expect((await second.ask('POST', '/v1/tasks/mnist/runs')).status).toBe(201);
  });

  it('ends all runs where it is told to when it closes', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    const closing = manager.close({ servers: 'stop' });
    await until(() => manager.launcher.server(runId).told.includes('stop'));
    manager.launcher.server(runId).goes();
    await closing;
    const again = await startManager({ dataDir: manager.dataDir });
    expect((await again.ask('GET', `/v1/runs/${runId}`)).json.state).toMatchObject({
      status: 'failed',
      reason: 'stopped',
    });
  });
});

describe('models', () => {
  it('are best by the named metric in its direction, and never by one that they do not have', async () => {
    const manager = await startManager();
    await createTask(manager, { bestBy: { metric: 'accuracy', direction: 'maximize' } });
    for (const [i, accuracy] of [0.9, 0.5].entries()) {
      const runId = await startRun(manager);
      await until(() => manager.launcher.launched.length === i + 1);
      manager.launcher.server(runId).ready();
      await publish(manager, runId, i + 1, accuracy);
    }
    const best = () => manager.ask('GET', '/v1/tasks/mnist/models/best');
    expect((await best()).json.version).toBe(1);
    expect(
      (await manager.ask('GET', '/v1/tasks/mnist/models')).json.map(({ version, aliases }: never) => [
        version,
        aliases,
      ]),
    ).toEqual([
      [2, ['latest']],
      [1, ['best']],
    ]);
    await manager.ask('PATCH', '/v1/tasks/mnist', {
      body: { bestBy: { metric: 'accuracy', direction: 'minimize' } },
    });
    expect((await best()).json.version).toBe(2);
    await manager.ask('PATCH', '/v1/tasks/mnist', {
      body: { bestBy: { metric: 'val_f1', direction: 'maximize' } },
    });
    expect([(await best()).status, (await best()).json.code]).toEqual([404, 'not-found']);
  });

  it('are downloaded whole, in parts, or not again', async () => {
    const manager = await startManager();
    await createTask(manager);
    const runId = await startRun(manager);
    const digest = await publish(manager, runId, 1, 0.5);
    const path = '/v1/tasks/mnist/models/1/parameters';
    const whole = await manager.ask('GET', path);
    expect([whole.status, whole.headers.get('etag')]).toEqual([200, `"${digest}"`]);
    const part = await manager.ask('GET', path, {
      headers: { Range: 'bytes=10-19', 'If-Range': `"${digest}"` },
    });
    expect([part.status, part.headers.get('content-range')]).toEqual([
      206,
      `bytes 10-19/${whole.bytes.length}`,
    ]);
    expect(part.bytes.equals(whole.bytes.subarray(10, 20))).toBe(true);
    const other = await manager.ask('GET', path, {
      headers: { Range: 'bytes=10-19', 'If-Range': '"another"' },
    });
    expect([other.status, other.bytes.length]).toEqual([200, whole.bytes.length]);
    expect((await manager.ask('GET', path, { headers: { Range: 'bytes=99999-' } })).status).toBe(416);
    expect((await manager.ask('GET', path, { headers: { 'If-None-Match': `"${digest}"` } })).status).toBe(
      304,
    );
    expect((await manager.ask('GET', path, { headers: { 'If-None-Match': '*' } })).status).toBe(304);
    expect((await manager.ask('GET', path, { headers: { 'If-None-Match': `"x${digest}"` } })).status).toBe(
      200,
    );
    const head = await manager.ask('HEAD', path);
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.bytes.length)]);
  });
});
