import { request } from 'node:http';
import { ClientStatusSchema, type Signature } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { ADDRESS, aServedTask, call, online } from './client-app.js';
import { fakeTrainer } from './fake-trainer.js';

describe('GET /online', () => {
  it('answers the status in both vocabularies, and why the client does what it does', async () => {
    const { app } = await aServedTask({ clientMac: '02:00:00:00:00:07', clientName: 'seven' });
    const { status, body, headers } = await call(app, 'GET /online');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    const { session, ...wire } = body;
    expect(wire).toEqual({
      FL_task_id: 'mnist',
      FL_client_num: 0,
      FL_client_mac: '02:00:00:00:00:07',
      FL_client_name: 'seven',
      FL_client_online: true,
      FL_client_start: false,
      FL_client_fail: false,
      FL_server_IP: null,
      FL_next_gl_model: 0,
      task_id: 'mnist',
      client_num: 0,
      client_mac: '02:00:00:00:00:07',
      client_name: 'seven',
      client_online: true,
      client_start: false,
      client_fail: false,
      server_IP: null,
      gl_model: 0,
    });
    expect(session).toEqual({
      phase: 'idle',
      reason: 'not-started',
      since: expect.any(String),
      deadline: null,
    });
  });

  it('tells what the trainer trains, also where it knows later, and no other answer does', async () => {
    let signature: Signature | undefined;
    const trainer = {
      ...fakeTrainer(),
      get signature() {
        return signature;
      },
    };
    const { app } = await aServedTask({ trainer });
    expect((await call(app, 'GET /online')).body).not.toHaveProperty('signature');
    signature = [{ name: 'w', shape: [2, 2], dtype: 'float32' }];
    expect((await call(app, 'GET /online')).body).toMatchObject({ signature });
    expect((await call(app, 'POST /start', ADDRESS)).body).not.toHaveProperty('signature');
  });

  it('tells of no secret', async () => {
    const { app } = await aServedTask({
      enrolmentToken: 'hunter2 of the server',
      serverIp: '127.0.0.1:8080',
    });
    await call(app, 'POST /start');
    const text = JSON.stringify(await online(app, 'waiting'));
    expect(text).not.toMatch(/hunter2|a key of the client|a token of the server/);
  });
});

describe('POST /start', () => {
  it('answers at once with the status, while the training goes on in the background', async () => {
    const { app, server, trainer } = await aServedTask();
    server.fit(1);
    const { status, body } = await call(app, 'POST /start', ADDRESS);
    expect(status).toBe(200);
    expect(ClientStatusSchema.parse(body)).toMatchObject({ FL_client_start: true, FL_client_fail: false });
    expect(body).toMatchObject({ client_start: true, session: { deadline: expect.any(String) } });

    await trainer.fitBegun;
    expect(await online(app, 'fitting')).toMatchObject({
      FL_server_IP: '127.0.0.1:8080',
      FL_next_gl_model: 4,
      gl_model: 4,
      session: { phase: 'fitting', round: 1, deadline: expect.any(String) },
    });

    trainer.release();
    server.finish();
    expect(await online(app, 'finished')).toMatchObject({
      FL_client_start: false,
      FL_client_fail: false,
      FL_next_gl_model: 4,
    });
    expect(server.results.map(({ kind }) => kind)).toEqual(['update']);
  });

  it('registers with the id, the key and the status', async () => {
    const { app, server } = await aServedTask();
    await call(app, 'POST /start', ADDRESS);
    await online(app, 'waiting');
    expect(server.registrations).toEqual([
      expect.objectContaining({ taskId: 'mnist', clientId: 'device-7', key: 'a key of the client' }),
    ]);
    expect(server.registrations[0]?.status).toMatchObject({
      FL_client_start: true,
      FL_server_IP: '127.0.0.1:8080',
    });
  });

  it("takes a body without a content type, as Python's managers may send it", async () => {
    const { app } = await aServedTask();
    const status = await new Promise((resolve, reject) => {
      const outgoing = request(`${app.url}/start`, { method: 'POST' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      outgoing.on('error', reject);
      outgoing.end(JSON.stringify(ADDRESS));
    });
    expect(status).toBe(200);
  });

  it('needs no body where an address is configured', async () => {
    const { app } = await aServedTask({ serverIp: '127.0.0.1:9999' });
    expect((await call(app, 'POST /start')).status).toBe(200);
    expect(await online(app, 'waiting')).toMatchObject({ FL_server_IP: '127.0.0.1:9999' });
  });

  it('refuses a start without a body where no address is known', async () => {
    const { app } = await aServedTask();
    const { status, body } = await call(app, 'POST /start');
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid-argument', details: { missing: 'address' } });
    expect((await call(app, 'GET /online')).body.session.phase).toBe('idle');
  });

  it('refuses a second start and disturbs nothing', async () => {
    const { app, server, trainer } = await aServedTask();
    server.fit(1);
    await call(app, 'POST /start', ADDRESS);
    await trainer.fitBegun;
    const second = await call(app, 'POST /start', { ...ADDRESS, server_ip: '127.0.0.1:1' });
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ code: 'conflict', details: { phase: 'fitting' } });
    expect((await call(app, 'GET /online')).body).toMatchObject({
      FL_server_IP: '127.0.0.1:8080',
      session: { phase: 'fitting' },
    });
    trainer.release();
    server.finish();
    await online(app, 'finished');
    expect(server.registrations).toHaveLength(1);
    expect(server.results.map(({ kind }) => kind)).toEqual(['update']);
  });

  it('begins one run for two starts at the same time', async () => {
    const { app, server } = await aServedTask();
    const answers = await Promise.all([call(app, 'POST /start', ADDRESS), call(app, 'POST /start', ADDRESS)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await online(app, 'waiting');
    expect(server.registrations).toHaveLength(1);
  });

  it('clears the failure of the run before', async () => {
    const { app, server } = await aServedTask();
    server.fail('quorum not met');
    await call(app, 'POST /start', ADDRESS);
    expect(await online(app, 'failed')).toMatchObject({
      FL_client_fail: true,
      client_fail: true,
      FL_client_start: false,
      session: { error: { code: 'deadline-exceeded', message: 'quorum not met' } },
    });
    const again = await call(app, 'POST /start', ADDRESS);
    expect(again.body).toMatchObject({ FL_client_fail: false, FL_client_start: true });
  });

  it.each<[unknown, string[]]>([
    [{}, ['server_ip', 'client_mac']],
    [{ ...ADDRESS, server_ip: 'a b' }, ['server_ip']],
    [{ ...ADDRESS, server_ip: '127.0.0.1:99999' }, ['server_ip']],
    [{ ...ADDRESS, client_mac: 7 }, ['client_mac']],
    [{ ...ADDRESS, server_url: 'file:///etc/passwd' }, ['server_url']],
    [{ server_ip: '', client_mac: '' }, ['server_ip', 'client_mac']],
    [[], ['(whole)']],
    [null, ['(whole)']],
    ['"text"', ['(whole)']],
  ])('refuses the body %j, naming each field', async (sent, fields) => {
    const { app, server } = await aServedTask();
    const { status, body } = await call(app, 'POST /start', sent === null ? 'null' : sent);
    expect(status).toBe(400);
    expect(body.code).toBe('invalid-argument');
    expect(body.details.fields.map(({ field }: { field: string }) => field)).toEqual(fields);
    expect((await call(app, 'GET /online')).body.session.phase).toBe('idle');
    expect(server.registrations).toHaveLength(0);
  });

  it('refuses a body that is no JSON, is a form, or is too long', async () => {
    const { app } = await aServedTask();
    expect((await call(app, 'POST /start', '{"server_ip":')).status).toBe(400);
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await call(app, 'POST /start', JSON.stringify(ADDRESS), form)).status).toBe(400);
    expect((await call(app, 'POST /start', { ...ADDRESS, filler: 'x'.repeat(20_000) })).status).toBe(413);
  });

  it.each([
    { ...ADDRESS, server_ip: '10.9.8.7:8080' },
    { ...ADDRESS, server_ip: '169.254.169.254' },
    { ...ADDRESS, server_url: 'http://evil.example/' },
  ])('does not connect to a host that is not allowed: %j', async (body) => {
    const { app, server } = await aServedTask();
    const answer = await call(app, 'POST /start', body);
    expect(answer.status).toBe(403);
    expect(answer.body.code).toBe('permission-denied');
    expect(server.registrations).toHaveLength(0);
  });

  it('connects to a host that is allowed', async () => {
    const urls: string[] = [];
    const made = await aServedTask(
      { allowedHosts: ['fl.example'] },
      {
        createTransport: ({ baseUrl }) => {
          urls.push(baseUrl);
          return { connect: () => new Promise(() => {}) };
        },
      },
    );
    expect(
      (await call(made.app, 'POST /start', { ...ADDRESS, server_url: 'https://fl.example/mnist/' })).status,
    ).toBe(200);
    await online(made.app, 'connecting');
    expect(urls).toEqual(['https://fl.example/mnist']);
  });
});

describe('POST /stop', () => {
  it('aborts the training, leaves the server and becomes idle', async () => {
    const { app, server, trainer } = await aServedTask();
    server.fit(1);
    await call(app, 'POST /start', ADDRESS);
    await trainer.fitBegun;
    const { status, body } = await call(app, 'POST /stop');
    expect(status).toBe(200);
    expect(body.session).toMatchObject({ phase: 'stopping', deadline: expect.any(String) });
    expect(await online(app, 'idle')).toMatchObject({
      FL_client_start: false,
      FL_client_fail: false,
      session: { reason: 'stopped' },
    });
    expect(server.hasLeft()).toBe(true);
    expect(server.results.filter(({ kind }) => kind === 'update')).toEqual([]);
  });

  it('does nothing where nothing runs', async () => {
    const { app } = await aServedTask();
    const { status, body } = await call(app, 'POST /stop');
    expect(status).toBe(200);
    expect(body.session).toMatchObject({ phase: 'idle', reason: 'not-started' });
  });

  it('lets a run be started again', async () => {
    const { app, server } = await aServedTask();
    await call(app, 'POST /start', ADDRESS);
    await online(app, 'waiting');
    await call(app, 'POST /stop');
    await online(app, 'idle');
    expect((await call(app, 'POST /start', ADDRESS)).status).toBe(200);
    await online(app, 'waiting');
    expect(server.registrations).toHaveLength(2);
  });
});

describe('the routes', () => {
  const ROUTES = ['GET /online', 'POST /start', 'POST /stop', 'GET /healthz'];

  it('say that the service is well', async () => {
    const { app } = await aServedTask();
    expect(await call(app, 'GET /healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it.each(['GET /', 'GET /start', 'GET /stop', 'POST /online', 'GET /metrics'])(
    'answer not-found to %s',
    async (route) => {
      const { app } = await aServedTask();
      expect(await call(app, route)).toMatchObject({ status: 404, body: { code: 'not-found' } });
    },
  );

  it.each(ROUTES)('refuse a foreign host at %s', async (route) => {
    const { app } = await aServedTask({ serverIp: '127.0.0.1:1' });
    const [method, path] = route.split(' ');
    const answer = await new Promise((resolve, reject) => {
      const outgoing = request(
        `${app.url}${path}`,
        { method, headers: { Host: 'evil.example' } },
        (incoming) => {
          incoming.resume();
          resolve(incoming.statusCode);
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
    expect(answer).toBe(403);
    expect((await call(app, 'GET /online')).body.session.phase).toBe('idle');
  });

  it.each(ROUTES)('refuse the page of an origin that is not listed at %s', async (route) => {
    const { app } = await aServedTask({ serverIp: '127.0.0.1:1' });
    const answer = await call(app, route, undefined, { Origin: 'https://evil.example' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'permission-denied' } });
    expect((await call(app, 'GET /online')).body.session.phase).toBe('idle');
  });

  it('let a listed origin in', async () => {
    const { app } = await aServedTask({ allowedOrigins: ['https://dashboard.example'] });
    const answer = await call(app, 'GET /online', undefined, { Origin: 'https://dashboard.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://dashboard.example');
    const preflight = await fetch(`${app.url}/start`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://dashboard.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
  });

  it.each(['GET /online', 'POST /start', 'POST /stop'])(
    'ask for the control token at %s where there is one',
    async (route) => {
      const controlToken = 'a-token-for-managers';
      const { app } = await aServedTask({ controlToken, serverIp: '127.0.0.1:1' });
      expect(await call(app, route)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      const wrong = await call(app, route, undefined, { Authorization: 'Bearer a-token-for-managerz' });
      expect(wrong.status).toBe(401);
      expect((await call(app, 'GET /healthz')).status).toBe(200);
    },
  );

  it('let the holder of the control token in', async () => {
    const { app } = await aServedTask({ controlToken: 'a-token-for-managers', serverIp: '127.0.0.1:1' });
    const holder = { Authorization: 'Bearer a-token-for-managers' };
    expect((await call(app, 'GET /online', undefined, holder)).status).toBe(200);
    expect((await call(app, 'POST /start', undefined, holder)).status).toBe(200);
  });
});
