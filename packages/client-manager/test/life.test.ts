import { describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakeServerManager } from './fake-server-manager.js';
import { aWorld, call } from './managers.js';

/** A manager that waits for a run, between a client app of ours and a server manager of ours. */
async function aDevice(limits: object = {}, { clientAnswersWithinMs = 5_000 } = {}) {
  const world = aWorld();
  const client = await fakeClientApp();
  const server = await fakeServerManager();
  const options = { clientUrl: client.url, serverManagerUrl: server.url, limits, clientAnswersWithinMs };
  const manager = await world.manager(options);
  await world.until(() => manager.state().phase === 'waiting');
  return { world, client, server, manager, options };
}

describe('the life of a device', () => {
  it('finds its client, registers, starts it once, follows it to its end, and begins again', async () => {
    const { world, client, server, manager } = await aDevice();
    expect(manager.state()).toMatchObject({
      reason: 'no-run',
      serverManager: { state: 'registered', api: 'v1' },
    });

    server.offer('run-1', 1);
    await world.until(() => manager.state().phase === 'training');
    expect(client.starts()).toBe(1);
    expect(client.http.calls.find(({ route }) => route === 'POST /start')?.body).toEqual({
      server_ip: '127.0.0.1',
      client_mac: '02:00:00:00:00:07',
      server_url: 'http://127.0.0.1:9',
    });
    client.finish();
    await world.until(() => manager.state().phase === 'waiting');
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-finished`]);
    expect(manager.state()).toMatchObject({
      reason: 'part-done',
      last: { runId: 'run-1', isRunOver: false },
    });

    server.end('run-1');
    await world.until(() => manager.state().reason === 'no-run');
    server.offer('run-2', 2);
    await world.until(() => manager.state().phase === 'training');
    expect(client.starts()).toBe(2);
  });

  it('waits while a run goes on for other devices, says so, and takes part in the next', async () => {
    const { world, client, server, manager } = await aDevice();
    server.offerOthers('run-1');
    await world.until(() => manager.state().reason === 'not-chosen');
    expect(manager.state()).toMatchObject({
      phase: 'waiting',
      message: expect.stringMatching(/other devices/),
    });
    expect(client.starts()).toBe(0);
    server.end('run-1');
    await world.until(() => manager.state().reason === 'no-run');
    server.offer('run-2');
    await world.until(() => manager.state().phase === 'training');
    expect(client.starts()).toBe(1);
  });

  it('tells the server manager of a failure, with the reason', async () => {
    const { world, client, server, manager } = await aDevice();
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    client.fail('out of memory');
    await world.until(() => manager.state().phase === 'waiting');
    const report = server.http.calls.find(({ route }) => route.startsWith('PUT '));
    expect(report?.body).toEqual({
      state: 'train-failed',
      reason: { code: 'internal', message: 'out of memory' },
    });
    await world.pass(600_000);
    expect(client.starts()).toBe(1);
  });

  it('gives signs of life all the time that the client trains', async () => {
    const { world, server, manager } = await aDevice();
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    const before = server.activities(manager.deviceId).length;
    await world.pass(300_000);
    const since = server.activities(manager.deviceId).slice(before);
    expect(since.length).toBeGreaterThan(300_000 / 5_500);
    expect(new Set(since.map(({ kind, runId }) => `${kind} ${runId}`))).toEqual(new Set(['training run-1']));
  });

  it('says why it waits for a client that is not there', async () => {
    const world = aWorld();
    const client = await fakeClientApp();
    const server = await fakeServerManager();
    await client.http.goAway();
    const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url });
    await world.until(() => manager.state().reason === 'client-unreachable');
    const { body } = await call(manager, 'GET /state');
    expect(body).toMatchObject({ phase: 'seeking-client', error: { code: 'unavailable' } });
    expect(Date.parse(body.deadline)).toBeGreaterThanOrEqual(world.clock.now());
    await client.http.comeBack();
    await world.until(() => manager.state().phase === 'waiting');
  });

  it('leaves a client of another task alone', async () => {
    const world = aWorld();
    const client = await fakeClientApp({ taskId: 'birds' });
    const server = await fakeServerManager();
    const manager = await world.manager({
      clientUrl: client.url,
      serverManagerUrl: server.url,
      taskId: 'mnist',
    });
    await world.until(() => manager.state().reason === 'other-task');
    expect(server.http.calls).toEqual([]);
  });

  it('says so when the server manager does not know the task, and asks again ever less often', async () => {
    const world = aWorld();
    const client = await fakeClientApp({ taskId: 'birds' });
    const server = await fakeServerManager();
    const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url });
    await world.until(() => manager.state().reason === 'registration-refused');
    expect(manager.state()).toMatchObject({ phase: 'registering', error: { code: 'not-found' } });
    await world.pass(600_000);
    expect(server.http.calls.length).toBeLessThan(45);
  });
});

describe('a client of another model than the task', () => {
  const w = (...shape: number[]) => [{ name: 'w', shape, dtype: 'float32' as const }];

  it('is not registered, and the state names the tensor, until its model is the right one', async () => {
    const world = aWorld();
    let trained: unknown = w(3);
    const client = await fakeClientApp({ signature: () => trained });
    const server = await fakeServerManager({ signature: w(2, 2) });
    server.offer('run-1');
    const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url });
    await world.until(() => manager.state().reason === 'other-model');
    await world.pass(60_000);
    expect((await call(manager, 'GET /state')).body).toMatchObject({
      phase: 'registering',
      reason: 'other-model',
      message: expect.stringContaining('another model'),
      error: { code: 'shape-mismatch', message: 'tensor 0: expected w float32[2, 2], got w float32[3]' },
    });
    expect(server.devices()).toEqual([]);
    expect(client.starts()).toBe(0);
    trained = w(2, 2);
    await world.until(() => manager.state().phase === 'training');
  });

  it('that came in place of the right one is found out before the next run', async () => {
    const world = aWorld();
    let trained: unknown = w(2, 2);
    const client = await fakeClientApp({ signature: () => trained });
    const server = await fakeServerManager({ signature: w(2, 2) });
    const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url });
    await world.until(() => manager.state().phase === 'waiting');
    await world.pass(60_000);
    expect(server.registrations()).toBe(1);
    trained = w(3);
    await world.until(() => manager.state().reason === 'other-model');
  });

  it('is not believed to have one that is no signature, or too long a one', async () => {
    const long = Array.from({ length: 4_000 }, (_, i) => ({ ...w(2)[0], name: `tensor-${i}` }));
    for (const signature of [[{ name: 'w', shape: 'flat' }], long]) {
      const world = aWorld();
      const client = await fakeClientApp({ signature: () => signature });
      const server = await fakeServerManager({ signature: w(2, 2) });
      const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url });
      await world.until(() => manager.state().phase === 'waiting');
    }
  });
});

describe('a client that dies or hangs', () => {
  it('is missed after its lease, and its part has failed', async () => {
    const { world, client, server, manager } = await aDevice({ clientLeaseMs: 20_000 });
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    await client.http.goAway();
    await world.until(() => manager.state().reason === 'client-silent');
    expect(server.parts).toEqual([]);
    await world.until(() => server.parts.length > 0);
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-failed`]);
    await world.until(() => manager.state().phase === 'seeking-client');
    await world.until(() => server.activities(manager.deviceId).at(-1)?.kind === 'no-client');
  });

  it('is missed after its lease also where it takes every request and answers none', async () => {
    const hasting = { clientAnswersWithinMs: 1_000 };
    const { world, client, server, manager } = await aDevice({ clientLeaseMs: 20_000 }, hasting);
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    client.http.hang();
    const hungAt = world.clock.now();
    await world.until(() => manager.state().reason === 'client-silent');
    const { phase, error, deadline } = manager.state();
    expect({ phase, code: error?.code }).toEqual({ phase: 'training', code: 'deadline-exceeded' });
    const leaseUntil = Date.parse(deadline);
    expect(leaseUntil - hungAt).toBeLessThanOrEqual(20_000);

    await world.until(() => manager.state().phase !== 'training');
    expect(world.clock.now()).toBeGreaterThanOrEqual(leaseUntil);
    expect(world.clock.now() - leaseUntil).toBeLessThan(3_000);
    await world.until(() => server.parts.length > 0);
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-failed`]);
    expect(manager.state().last?.end).toMatchObject({ reason: { code: 'unavailable' } });
    await world.until(() => manager.state().phase === 'seeking-client');
    expect(manager.state()).toMatchObject({ reason: 'client-unreachable', client: { state: 'silent' } });

    client.http.goOn();
    await world.until(() => manager.state().reason === 'client-busy');
    client.finish();
    server.end('run-1', 'failed');
    await world.until(() => manager.state().reason === 'no-run');
    server.offer('run-2');
    await world.until(() => client.starts() === 2);
  });

  it('is not missed where it answers again within its lease', async () => {
    const { world, client, server, manager } = await aDevice({ clientLeaseMs: 20_000 });
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    await client.http.goAway();
    await world.pass(15_000);
    await client.http.comeBack();
    await world.pass(60_000);
    expect(manager.state()).toMatchObject({ phase: 'training', reason: 'client-trains', progress: 0.25 });
    expect(server.parts).toEqual([]);
  });

  it('is not started again in the run that it died in, but in the next', async () => {
    const { world, client, server, manager } = await aDevice();
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    client.restart();
    await world.until(() => manager.state().phase === 'waiting');
    await world.pass(300_000);
    expect(client.starts()).toBe(1);
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-failed`]);
    server.end('run-1', 'failed');
    server.offer('run-2');
    await world.until(() => client.starts() === 2);
  });

  it('is told to stop where it still trains long after its run has ended', async () => {
    const { world, client, server, manager } = await aDevice({ runEndGraceMs: 60_000 });
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    server.end('run-1', 'failed');
    await world.pass(50_000);
    expect(client.isTraining()).toBe(true);
    await world.until(() => !client.isTraining());
    await world.until(() => manager.state().phase === 'waiting');
    expect(client.http.count('POST /stop')).toBe(1);
    expect(manager.state().last?.end).toMatchObject({ reason: { code: 'deadline-exceeded' } });
  });
});

describe('a client that cannot be started', () => {
  it('is asked again while nobody can have heard, and once only when it can', async () => {
    const { world, client, server, manager } = await aDevice();
    client.answerStart(503);
    server.offer('run-1');
    await world.until(() => client.http.count('POST /start') >= 2);
    expect(manager.state()).toMatchObject({
      phase: 'starting',
      reason: 'start-failed',
      error: { code: 'unavailable' },
    });
    client.answerStart(undefined);
    await world.until(() => manager.state().phase === 'training');
    expect(client.starts()).toBe(1);
  });

  it('has failed its part at once where it refuses', async () => {
    const { world, client, server, manager } = await aDevice();
    client.answerStart(403);
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'waiting' && server.parts.length > 0);
    expect(client.http.count('POST /start')).toBe(1);
    expect(manager.state().last?.end).toMatchObject({ reason: { code: 'permission-denied' } });
  });

  it('is looked at, not asked again, after an answer was lost', async () => {
    const { world, client, server, manager } = await aDevice();
    client.loseStartAnswers();
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    await world.pass(60_000);
    expect(client.http.count('POST /start')).toBe(1);
  });

  it('holds the run back while it trains for somebody else, and fails its part when that takes too long', async () => {
    const { world, client, server, manager } = await aDevice({ startWithinMs: 60_000 });
    client.startElsewhere(7);
    server.offer('run-1', 1);
    await world.until(() => manager.state().reason === 'client-busy' && manager.state().phase === 'starting');
    await world.until(() => server.parts.length > 0);
    expect(client.http.count('POST /start')).toBe(0);
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-failed`]);
  });

  it('is not started for a run that ended meanwhile', async () => {
    const { world, client, server, manager } = await aDevice();
    client.answerStart(503);
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'starting');
    server.end('run-1', 'failed');
    await world.until(() => manager.state().phase === 'waiting');
    client.answerStart(undefined);
    await world.pass(60_000);
    expect(client.starts()).toBe(0);
    expect(server.parts).toEqual([]);
  });
});

describe('a server manager that is away', () => {
  it('for a minute while the client trains, changes nothing but what the manager says of it', async () => {
    const { world, client, server, manager } = await aDevice();
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    await server.http.goAway();
    await world.until(() => manager.state().serverManager.state === 'unreachable');
    await world.pass(60_000);
    expect(manager.state().phase).toBe('training');
    client.finish();
    await world.until(() => manager.state().phase === 'reporting');
    expect(manager.state()).toMatchObject({ reason: 'server-manager-unreachable' });
    await server.http.comeBack();
    await world.until(() => manager.state().phase === 'waiting');
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-finished`]);
    expect(client.starts()).toBe(1);
  });

  it('for a minute while the device waits, is found again by itself', async () => {
    const { world, client, server, manager } = await aDevice();
    await server.http.goAway();
    await world.until(() => manager.state().reason === 'server-manager-unreachable');
    await world.pass(60_000);
    await server.http.comeBack();
    server.offer('run-1');
    await world.until(() => client.starts() === 1);
  });

  it('and has lost its devices, gets them back with the same ids', async () => {
    const { world, server, manager } = await aDevice();
    server.forgetDevices();
    await world.until(() => server.devices().length === 1);
    expect(server.devices()).toEqual([manager.deviceId]);
    await world.until(() => manager.state().reason === 'no-run');
  });

  it('for too long, is no longer waited for with a report', async () => {
    const { world, client, server, manager } = await aDevice({ reportForMs: 120_000 });
    server.offer('run-1');
    await world.until(() => manager.state().phase === 'training');
    await server.http.goAway();
    client.finish();
    await world.until(() => manager.state().phase === 'reporting');
    await world.until(() => manager.state().phase === 'waiting');
    expect(manager.state().last).toMatchObject({ runId: 'run-1', end: { state: 'train-finished' } });
  });
});
