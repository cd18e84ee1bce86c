import { describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakePythonServerManager } from './fake-python-server-manager.js';
import { aWorld, call } from './managers.js';

const MAC = '02:00:00:00:00:07';

/** A device under a server manager of Python's; its client app is one of Python's too. */
async function aDevice({
  limits = {},
  style = 'python' as 'python' | 'ours',
  random = (): number => 0.5,
} = {}) {
  const world = aWorld();
  let version = 0;
  const client = await fakeClientApp({ style, version: () => version });
  const server = await fakePythonServerManager();
  const manager = await world.manager({
    clientUrl: client.url,
    serverManagerUrl: server.url,
    limits,
    random,
  });
  await world.until(() => manager.state().phase === 'waiting');
  const ready = (next: number, since?: string) => {
    version = next;
    server.serverReady(next, since);
  };
  return { world, client, server, manager, ready };
}

describe('a device under a server manager of Python', () => {
  it('registers by the routes that it has, and starts once the FL server is ready', async () => {
    const { world, client, server, manager, ready } = await aDevice();
    expect(manager.state().serverManager).toMatchObject({ state: 'registered', api: 'legacy' });
    expect(server.device(MAC)).toMatchObject({
      FL_task_ID: 'mnist',
      Device_hostname: 'pi',
      Device_online: true,
    });
    ready(3);
    await world.until(() => manager.state().phase === 'training');
    const start = client.http.calls.find(({ route }) => route === 'POST /start');
    expect(start?.body).toMatchObject({ server_ip: '127.0.0.1:40026', client_mac: MAC });
    expect((await call(manager, 'GET /info')).body).toMatchObject({ GL_Model_V: 3, client_training: true });
  });

  it('goes on registering while the client trains', async () => {
    const { world, server, manager, ready } = await aDevice();
    ready(1);
    await world.until(() => manager.state().phase === 'training');
    const before = server.http.count('PUT /FLSe/RegisterFLTask');
    await world.pass(600_000);
    expect(server.http.count('PUT /FLSe/RegisterFLTask') - before).toBeGreaterThan(80);
    expect(server.device(MAC)).toMatchObject({ Device_online: true, Device_training: true });
  });

  it('is done by trainFin, is not started again in that run, and never closes the task', async () => {
    const { world, client, server, manager, ready } = await aDevice();
    ready(1);
    await world.until(() => manager.state().phase === 'training');
    await call(manager, 'GET /trainFin');
    expect(client.isTraining()).toBe(true);
    await world.pass(10_000);
    client.finish();
    await world.pass(300_000);
    expect(client.starts()).toBe(1);
    expect(server.http.calls.filter(({ route }) => route.includes('FLSeClosed'))).toEqual([]);
    expect(server.device(MAC)).toMatchObject({ Device_online: true, Device_training: false });
  });

  it('begins again for the next version, and for the same version by another FL server', async () => {
    const { world, client, manager, ready } = await aDevice();
    for (const [version, since] of [
      [1, '09:00:00'],
      [2, '10:00:00'],
      [2, '11:00:00'],
    ] as const) {
      const before = client.starts();
      ready(version, since);
      await world.until(() => client.starts() === before + 1);
      await call(manager, 'GET /trainFail');
      client.finish();
      await world.until(() => manager.state().client.state === 'idle');
    }
    expect(client.starts()).toBe(3);
  });

  it('begins again after the ready flag was down, even where nothing else tells the runs apart', async () => {
    const { world, client, server, manager, ready } = await aDevice();
    ready(1);
    await world.until(() => manager.state().phase === 'training');
    client.finish();
    await world.until(() => manager.state().phase === 'waiting');
    server.serverGone();
    await world.until(() => manager.state().last?.isRunOver === true);
    ready(1);
    await world.until(() => client.starts() === 2);
  });

  it('goes on training when another device has the task closed, and registers again', async () => {
    const { world, client, server, manager, ready } = await aDevice();
    ready(1);
    await world.until(() => manager.state().phase === 'training');
    server.closeTask();
    await world.until(() => server.device(MAC) !== undefined);
    await world.pass(60_000);
    expect(manager.state().phase).toBe('training');
    client.finish();
    await world.until(() => manager.state().phase === 'waiting');
    expect(manager.state().last?.end).toEqual({ state: 'train-finished' });
  });

  it('is asked ever less often while it is gone, at least every 30 s, at uneven intervals, and soon once it is back', async () => {
    let drawn = 0;
    const random = () => (++drawn * 0.618) % 1;
    const { world, server, manager, ready } = await aDevice({ random });
    const questions = () => world.requests.filter(({ path }) => path.startsWith('/FLSe/info/'));

    const heard = questions().length;
    await server.http.goAway();
    await world.pass(600_000);
    expect(manager.state().serverManager.state).toBe('unreachable');
    const silent = questions()
      .slice(heard)
      .map(({ at }) => at);
    const waits = silent.slice(1).map((at, n) => at - (silent[n] ?? 0));
    const longest = waits.map((_, n) => Math.min(30_000, 1_000 * 2 ** n));
    expect(waits.length).toBeGreaterThan(20);
    expect(waits.filter((ms, n) => ms > (longest[n] ?? 0))).toEqual([]);
    expect(waits.filter((ms, n) => ms < (longest[n] ?? 0) / 2)).toEqual([]);
    const shares = waits.map((ms, n) => Math.round((100 * ms) / (longest[n] ?? 1)));
    expect(new Set(shares).size).toBeGreaterThan(10);

    await server.http.comeBack();
    await world.pass(30_000);
    expect(manager.state()).toMatchObject({ reason: 'no-run', serverManager: { state: 'registered' } });
    ready(1);
    await world.pass(7_000);
    expect(manager.state().phase).toBe('training');
  });

  it('takes an error with status 200 for an error', async () => {
    const { world, client, server, manager, ready } = await aDevice();
    server.hasPort(null);
    ready(1);
    await world.until(() => manager.state().phase === 'training');
    const start = client.http.calls.find(({ route }) => route === 'POST /start');
    expect(start?.body).toEqual({ server_ip: '127.0.0.1', client_mac: MAC });
  });
});

describe('a client app of Python', () => {
  it('that failed in its start and says ever after that it trains, is started again', async () => {
    const { world, client, manager, ready } = await aDevice();
    client.answerStart(500);
    ready(1);
    await world.until(() => client.http.count('POST /start') === 1);
    client.startElsewhere(0);
    await world.pass(10_000);
    expect(manager.state().phase).toBe('starting');
    client.answerStart(undefined);
    await world.until(() => manager.state().phase === 'training');
    expect(client.starts()).toBe(1);
  });

  it('that failed once can finish the next time, although its flag stays', async () => {
    const { world, client, manager, ready } = await aDevice();
    ready(1, '09:00:00');
    await world.until(() => manager.state().phase === 'training');
    client.fail('no memory');
    await world.until(() => manager.state().phase === 'waiting');
    expect(manager.state().last?.end).toMatchObject({ state: 'train-failed' });
    ready(2, '10:00:00');
    await world.until(() => manager.state().phase === 'training');
    await call(manager, 'GET /trainFin');
    await world.until(() => manager.state().phase === 'waiting');
    expect(manager.state().last?.end).toEqual({ state: 'train-finished' });
  });

  it('that says for a while after its end that it trains, is not taken to be in the next run', async () => {
    const { world, client, manager, ready } = await aDevice();
    ready(1, '09:00:00');
    await world.until(() => manager.state().phase === 'training');
    await call(manager, 'GET /trainFail');
    await world.until(() => manager.state().phase === 'waiting');
    ready(1, '10:00:00');
    await world.until(() => manager.state().phase === 'starting');
    await world.pass(10_000);
    expect(manager.state()).toMatchObject({ phase: 'starting', reason: 'client-busy' });
    client.finish();
    await world.until(() => client.starts() === 2);
  });

  it('that was started anew while it trained has failed its part', async () => {
    const { world, client, manager, ready } = await aDevice();
    ready(4);
    await world.until(() => manager.state().phase === 'training');
    client.restart();
    await world.until(() => manager.state().phase === 'waiting');
    expect(manager.state().last?.end).toMatchObject({ reason: { code: 'aborted' } });
  });
});
