import { ClientManagerAPI } from '@fedops/client-api';
import { describe, expect, it } from '@jest/globals';
import { fakeClientApp } from './fake-client-app.js';
import { fakeServerManager } from './fake-server-manager.js';
import { aWorld, call, type ManagerOptions } from './managers.js';

async function aDevice(options: Partial<ManagerOptions> = {}) {
  const world = aWorld();
  const client = await fakeClientApp();
  const server = await fakeServerManager();
  const manager = await world.manager({ clientUrl: client.url, serverManagerUrl: server.url, ...options });
  await world.until(() => manager.state().phase === 'waiting');
  return { world, client, server, manager };
}

async function aDeviceThatTrains() {
  const device = await aDevice();
  device.server.offer('run-1', 5);
  await device.world.until(() => device.manager.state().phase === 'training');
  return device;
}

describe('GET /info', () => {
  it('answers in both vocabularies, also with a slash at the end', async () => {
    const { manager, client } = await aDeviceThatTrains();
    const { body } = await call(manager, 'GET /info/');
    expect(body).toMatchObject({
      FL_client: new URL(client.url).host,
      GL_Model_V: 5,
      FL_ready: true,
      client_online: true,
      FL_client_online: true,
      client_training: true,
      FL_learning: true,
      task_id: 'mnist',
      FL_task_id: 'mnist',
      client_mac: '02:00:00:00:00:07',
      FL_client_hostname: 'pi',
    });
    expect(body.task_status).toMatchObject({ FL_task_ID: 'mnist', Device_training: true });
  });

  it('is understood by our API client', async () => {
    const { manager } = await aDevice();
    const api = new ClientManagerAPI({ baseUrl: manager.url }, { env: {} });
    expect(await api.getInfo()).toMatchObject({
      client_online: true,
      client_training: false,
      FL_ready: false,
    });
  });
});

describe.each(['GET', 'POST'])('%s /trainFin and /trainFail', (method) => {
  it('end the part of a client', async () => {
    const { world, client, server, manager } = await aDeviceThatTrains();
    client.finish();
    const { status, body } = await call(manager, `${method} /trainFin`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ client_training: false, FL_ready: false, GL_Model_V: 5 });
    await world.until(() => manager.state().phase === 'waiting');
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-finished`]);
  });

  it('count once, however often they come', async () => {
    const { world, client, server, manager } = await aDeviceThatTrains();
    client.fail('no memory');
    for (let i = 0; i < 3; i++) expect((await call(manager, `${method} /trainFail`)).status).toBe(200);
    await world.until(() => manager.state().phase === 'waiting');
    expect((await call(manager, `${method} /trainFail`)).status).toBe(200);
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} train-failed`]);
  });

  it('are no word about a training that goes on by its own session', async () => {
    const { client, manager } = await aDeviceThatTrains();
    await call(manager, `${method} /trainFin`);
    expect(client.isTraining()).toBe(true);
    expect(manager.state().phase).toBe('training');
  });
});

describe('a finish without a start', () => {
  it('changes nothing; a POST is told so', async () => {
    const { server, manager } = await aDevice();
    expect(await call(manager, 'GET /trainFin')).toMatchObject({
      status: 200,
      body: { client_training: false },
    });
    expect(await call(manager, 'POST /trainFin')).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(manager.state().phase).toBe('waiting');
    expect(server.parts).toEqual([]);
  });
});

describe('the body of a POST', () => {
  it('may name the run and the reason', async () => {
    const { world, client, server, manager } = await aDeviceThatTrains();
    await client.http.goAway();
    const reason = { code: 'unavailable', message: 'no answer from the FL server' };
    expect(await call(manager, 'POST /trainFail', { run_id: 'run-0', reason })).toMatchObject({
      status: 409,
    });
    expect(await call(manager, 'POST /trainFail', { run_id: 'run-1', reason })).toMatchObject({
      status: 200,
    });
    await world.until(() => server.parts.length > 0);
    expect(server.http.calls.find(({ route }) => route.startsWith('PUT '))?.body).toMatchObject({ reason });
  });

  it('is refused, naming the field', async () => {
    const { manager } = await aDevice();
    const refused = await call(manager, 'POST /trainFail', { reason: { code: 'bad luck', message: '' } });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-argument' } });
    expect(refused.body.details.fields[0].field).toBe('reason.code');
  });
});

describe('/flclient_out', () => {
  it('says that the client is gone, and ends its part', async () => {
    const { world, client, server, manager } = await aDeviceThatTrains();
    await client.http.goAway();
    const { body } = await call(manager, 'GET /flclient_out');
    expect(body).toMatchObject({ client_online: false, client_training: false });
    await world.until(() => manager.state().reason === 'client-left');
    expect(server.parts).toEqual([`run-1 ${manager.deviceId} out`]);
    await client.http.comeBack();
    client.restart();
    await world.until(() => manager.state().phase === 'waiting');
  });
});

describe('the door', () => {
  it('keeps web pages out, also where a GET changes something', async () => {
    const { manager } = await aDeviceThatTrains();
    for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
      const answer = await fetch(`${manager.url}/trainFin`, { headers });
      expect(answer.status).toBe(403);
    }
    expect(manager.state().phase).toBe('training');
  });

  it('asks for its token, except for /healthz', async () => {
    const { manager } = await aDevice({ controlToken: 'a-token-of-sixteen-or-more' });
    expect((await call(manager, 'GET /healthz')).status).toBe(200);
    expect(await call(manager, 'GET /state')).toMatchObject({
      status: 401,
      body: { code: 'unauthenticated' },
    });
    const headers = { Authorization: 'Bearer a-token-of-sixteen-or-more' };
    expect((await fetch(`${manager.url}/state`, { headers })).status).toBe(200);
  });

  it('opens beyond loopback only where it is told to', async () => {
    const world = aWorld();
    const beyond = world.manager({
      clientUrl: 'http://127.0.0.1:1',
      serverManagerUrl: 'http://127.0.0.1:1',
      host: '0.0.0.0',
    });
    await expect(beyond).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('answers what is not there', async () => {
    const { manager } = await aDevice();
    expect(await call(manager, 'GET /nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });
});

describe('settings', () => {
  it('are refused by name', async () => {
    const world = aWorld();
    const wrong = world.manager({
      clientUrl: 'ftp://x',
      serverManagerUrl: 'http://127.0.0.1:1',
      port: 70_000,
    });
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid-argument',
      details: { fields: [{ field: 'clientUrl' }, { field: 'port' }] },
    });
  });
});
