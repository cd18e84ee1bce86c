import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { FLClientTask } from '../src/index.js';
import { ADDRESS, aServedTask, aTask, call, online } from './client-app.js';
import { settled } from './fake-clock.js';
import type { FakeFlServer } from './fake-fl-server.js';
import { fakeManager, INFO } from './fake-manager.js';
import { fakeTrainer } from './fake-trainer.js';

const WITHOUT_PORT = { ...ADDRESS, server_ip: '127.0.0.1' };

describe('flClientStart', () => {
  it('resolves with the end of the run', async () => {
    const { task, server, trainer } = aTask();
    trainer.release();
    server.fit(1);
    server.evaluate(1);
    server.finish();
    expect(await task.flClientStart(ADDRESS)).toMatchObject({ phase: 'finished', version: 4 });
    expect(server.results.map(({ kind }) => kind)).toEqual(['update', 'evaluation']);
    expect(task.status()).toMatchObject({ FL_client_start: false, FL_next_gl_model: 4 });
  });

  it('tells of each step in the order in which it happens', async () => {
    const stages: string[] = [];
    const { task, server, trainer } = aTask({}, { tellEvent: ({ stage }) => stages.push(stage) });
    trainer.release();
    server.fit(1);
    server.evaluate(1);
    server.finish();
    await task.flClientStart(ADDRESS);
    expect(stages).toEqual([
      'connecting',
      'waiting_round',
      'downloading_global',
      'training',
      'preparing_update',
      'uploading',
      'evaluating',
      'global_model_updated',
      'completed',
    ]);
  });

  it.each([
    ['fails', (_task: FLClientTask, server: FakeFlServer) => server.fail('quorum missed')],
    ['is stopped', (task: FLClientTask) => void task.stop()],
  ])('tells last that it failed, when the run %s', async (_, end) => {
    const stages: string[] = [];
    const { task, server } = aTask({}, { tellEvent: ({ stage }) => stages.push(stage) });
    const run = task.flClientStart(ADDRESS);
    end(task, server);
    await run;
    expect(stages.at(-1)).toBe('failed');
    expect(stages).not.toContain('completed');
  });

  it('resolves with the reason when the run fails', async () => {
    const { task, server } = aTask({ reconnectForMs: 0 });
    server.refuse(new FedOpsError('not-found', 'another task'));
    expect(await task.flClientStart(ADDRESS)).toMatchObject({ phase: 'failed', code: 'not-found' });
    expect(task.status().FL_client_fail).toBe(true);
  });

  it('fails with the reason when nobody answers at the address', async () => {
    const gone = await fakeManager();
    await gone.close();
    const task = new FLClientTask(
      {
        taskId: 'mnist',
        clientId: 'device-7',
        key: 'a key of the client',
        trainer: fakeTrainer(),
        reconnectForMs: 50,
      },
      { logger: silentLogger, env: {} },
    );
    const run = task.flClientStart({ ...ADDRESS, server_url: gone.url });
    expect(task.status()).toMatchObject({ FL_client_start: true });
    expect(await run).toMatchObject({ phase: 'failed', code: 'unavailable' });
    expect(task.status()).toMatchObject({ FL_client_fail: true, FL_server_IP: new URL(gone.url).host });
  });

  it('refuses a second start, and a host that is not allowed', async () => {
    const { task, server } = aTask();
    const run = task.flClientStart(ADDRESS);
    await expect(task.flClientStart(ADDRESS)).rejects.toMatchObject({ code: 'conflict' });
    server.finish();
    await run;
    const elsewhere = task.flClientStart({ ...ADDRESS, server_ip: 'evil.example:1' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'permission-denied' });
  });

  it('ends idle when it is stopped before the server is found', async () => {
    let asked: () => void = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const none = async () => undefined;
    const server = {
      baseUrl: 'http://127.0.0.1:1',
      getPort: () => {
        asked();
        return new Promise<never>(() => {});
      },
      getTrainFin: none,
      getTrainFail: none,
      getClientOut: none,
    };
    const { task } = aTask({}, { managers: { server } });
    const run = task.flClientStart();
    await isAsked;
    expect(task.state()).toMatchObject({ phase: 'locating', reason: 'looking-for-server' });
    await task.stop();
    expect(await run).toMatchObject({ phase: 'idle', reason: 'stopped' });
  });

  it('shows the MAC that it is configured with, or none, whatever the manager sends', async () => {
    const named = aTask({ clientMac: '02:00:00:00:00:99' });
    named.server.finish();
    await named.task.flClientStart(ADDRESS);
    expect(named.task.status().FL_client_mac).toBe('02:00:00:00:00:99');
    const unlabelled = aTask({ clientMac: null });
    unlabelled.server.finish();
    await unlabelled.task.flClientStart(ADDRESS);
    expect(unlabelled.task.status().FL_client_mac).toBeNull();
  });
});

describe('a task with managers', () => {
  it('asks for the port, takes part, and reports to all who are configured', async () => {
    const manager = await fakeManager();
    const { app, server, trainer } = await aServedTask({
      manager: { baseUrl: manager.url },
      serverManager: { baseUrl: manager.url, performanceUrl: manager.url },
    });
    trainer.release();
    server.fit(1);
    server.evaluate(1);
    server.finish();
    expect((await call(app, 'POST /start', WITHOUT_PORT)).status).toBe(200);
    expect(await online(app, 'finished')).toMatchObject({ FL_server_IP: '127.0.0.1:40026' });
    await Promise.all([
      manager.called('GET /trainFin'),
      manager.called('PUT /FLSe/ClientTrainFin/mnist'),
      manager.called('PUT /client_perf/client_time_result/mnist'),
    ]);
    expect(manager.calls).toContain('GET /FLSe/getPort/mnist');
    expect(manager.bodies.get('/client_perf/train_result/mnist')).toMatchObject({
      fl_task_id: 'mnist',
      round: 1,
      train_loss: 0.5,
      train_accuracy: 0.75,
      gl_model_v: 4,
    });
    expect(manager.bodies.get('/client_perf/test_result/mnist')).toMatchObject({
      test_loss: 0.25,
      test_accuracy: 0.875,
    });
    expect(manager.bodies.get('/FLSe/ClientTrainFin/mnist')).toMatchObject({
      client_id: 'device-7',
      run_id: 'v4',
    });
    await app.close();
    expect(manager.calls).toContain('GET /flclient_out');
    expect(manager.calls).not.toContain('GET /trainFail');
  });

  it.each([
    ['the version that its manager names', 200, INFO, 4],
    ['no version where its manager names none', 200, { ...INFO, GL_Model_V: 0 }, undefined],
    ['no version where its manager fails', 403, {}, undefined],
  ])('tells a transport %s', async (_, status, body, version) => {
    const manager = await fakeManager();
    manager.answer('/info', status, body);
    let told: Promise<number | undefined> | undefined;
    const { task, server } = aTask(
      { manager: { baseUrl: manager.url } },
      {
        createTransport({ nextVersion }) {
          told = nextVersion();
          return server.transport;
        },
      },
    );
    server.finish();
    await task.flClientStart(ADDRESS);
    const named = await told;
    await task.leave(1_000);
    expect(named).toBe(version);
  });

  it('fails visibly when there is no port, although the start was answered', async () => {
    const manager = await fakeManager({ port: null });
    const { app, server } = await aServedTask({
      manager: { baseUrl: manager.url },
      serverManager: { baseUrl: manager.url },
    });
    const started = await call(app, 'POST /start', WITHOUT_PORT);
    expect(started).toMatchObject({ status: 200, body: { FL_client_start: true } });
    expect(await online(app, 'failed')).toMatchObject({
      FL_client_start: false,
      FL_client_fail: true,
      session: { reason: 'not-found', error: { code: 'not-found' } },
    });
    await Promise.all([manager.called('GET /trainFail'), manager.called('PUT /FLSe/ClientTrainFail/mnist')]);
    expect(manager.bodies.get('/FLSe/ClientTrainFail/mnist')).toMatchObject({
      run_id: null,
      reason: { code: 'not-found' },
    });
    expect(server.registrations).toHaveLength(0);
    expect([...manager.bodies.keys()]).not.toContain('/client_perf/client_time_result/mnist');
  });

  it('tells the manager when the training is stopped, as nothing came of it', async () => {
    const manager = await fakeManager();
    const { app } = await aServedTask({ manager: { baseUrl: manager.url } });
    await call(app, 'POST /start', ADDRESS);
    await online(app, 'waiting');
    await call(app, 'POST /stop');
    await manager.called('GET /trainFail');
  });

  it('says that the client is out when it closes while it trains, and reports no end beside', async () => {
    const manager = await fakeManager();
    const { app, server, trainer } = await aServedTask({ manager: { baseUrl: manager.url } });
    server.fit(1);
    await call(app, 'POST /start', ADDRESS);
    await trainer.fitBegun;
    await Promise.all([app.close(), app.close()]);
    expect(manager.calls).toEqual(['GET /flclient_out']);
    expect(server.hasLeft()).toBe(true);
    await expect(call(app, 'GET /online')).rejects.toThrow();
  });

  it('trains on when no manager can be reached', async () => {
    const gone = await fakeManager();
    await gone.close();
    const { app, server, trainer } = await aServedTask({
      manager: { baseUrl: gone.url },
      serverManager: { baseUrl: gone.url, performanceUrl: gone.url },
    });
    trainer.release();
    server.fit(1);
    server.evaluate(1);
    server.finish();
    await call(app, 'POST /start', ADDRESS);
    expect(await online(app, 'finished')).toMatchObject({ FL_client_fail: false });
    expect(server.results.map(({ kind }) => kind)).toEqual(['update', 'evaluation']);
  });

  it('is not delayed by a performance service that never answers', async () => {
    const stuck = () => new Promise<never>(() => {});
    const performance = { putTrainResult: stuck, putTestResult: stuck, putClientTimeResult: stuck };
    const { task, server, trainer } = aTask({}, { managers: { performance } });
    trainer.release();
    server.fit(1);
    server.fit(2);
    server.finish();
    expect(await task.flClientStart(ADDRESS)).toMatchObject({ phase: 'finished' });
  });

  it('reports again after the manager came back', async () => {
    const manager = await fakeManager();
    manager.answer('/trainFin', 503, { detail: 'starting' });
    const { app, server } = await aServedTask(
      { manager: { baseUrl: manager.url, totalTimeoutMs: 200 } },
      { random: () => 0 },
    );
    server.finish();
    await call(app, 'POST /start', ADDRESS);
    await manager.called('GET /trainFin');
    manager.answer('/trainFin', 200, INFO);
    const before = manager.calls.length;
    while (manager.calls.length === before) await settled();
    expect(manager.calls.at(-1)).toBe('GET /trainFin');
    expect((await call(app, 'GET /online')).body.session.phase).toBe('finished');
  });
});

describe('start', () => {
  it('names a port that is in use', async () => {
    const { app } = await aServedTask();
    const second = aTask({ port: app.port });
    await expect(second.task.start()).rejects.toMatchObject({
      code: 'unavailable',
      details: { port: app.port },
    });
  });

  it('is refused while the task is served', async () => {
    const { task } = await aServedTask();
    await expect(task.start()).rejects.toMatchObject({ code: 'conflict' });
  });

  it('does not listen beyond loopback without a token and TLS, unless told to', async () => {
    for (const settings of [{ host: '0.0.0.0' }, { host: '0.0.0.0', controlToken: 'a-token-for-managers' }]) {
      await expect(aTask(settings).task.start()).rejects.toMatchObject({ code: 'invalid-argument' });
    }
    const { app } = await aServedTask({ host: '0.0.0.0', insecure: true });
    expect((await call(app, 'GET /online')).status).toBe(200);
  });

  it('keeps the identity in the data directory', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'client-app-'));
    const { clientId, key, ...own } = { clientId: undefined, key: undefined, dataDir };
    const ids: (string | undefined)[] = [];
    for (const _ of [1, 2]) {
      const { task, server } = aTask({ ...own, clientId, key } as object);
      server.finish();
      await task.flClientStart(ADDRESS);
      ids.push(server.registrations[0]?.clientId);
    }
    expect(ids[0]).toBeDefined();
    expect(ids[0]).toBe(ids[1]);
    await rm(dataDir, { recursive: true });
  });

  it('fails with storage where the data directory cannot be used', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'client-app-'));
    const file = join(directory, 'file');
    await writeFile(file, '');
    const { task } = aTask({ dataDir: join(file, 'inside'), clientId: undefined, key: undefined } as object);
    await expect(task.start()).rejects.toMatchObject({ code: 'storage' });
    expect(await task.flClientStart(ADDRESS)).toMatchObject({ phase: 'failed', code: 'storage' });
    await rm(directory, { recursive: true });
  });

  it('takes no start once it is closed', async () => {
    const { task, app } = await aServedTask();
    await app.close();
    await expect(task.flClientStart(ADDRESS)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
