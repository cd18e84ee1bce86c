import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { ClientManagerAPI, ClientServerAPI } from '../src/index.js';
import { aFakeClock } from './fake-clock.js';
import { aDeadPort, aRemoteService, hangUp, json, type Reply, silence, text } from './remote-service.js';
import { managerInfo, notice, trainResult } from './samples.js';

const parts = () => ({ env: {}, clock: aFakeClock(), random: () => 1 });
/** By the clock that waits in no time, the last attempt begins at 3.75 s, and has by the real one what is left. */
const soonOver = { attemptTimeoutMs: 60_000, totalTimeoutMs: 7_500 };

async function infoFrom(...replies: Reply[]) {
  const manager = await aRemoteService(replies);
  const api = new ClientManagerAPI({ baseUrl: manager.url, maxAnswerBytes: 10_000 }, parts());
  return { manager, info: api.getInfo() };
}

describe('an answer', () => {
  it.each([
    ['without a Content-Type', text(JSON.stringify(managerInfo))],
    ['that says it is text', text(JSON.stringify(managerInfo), 200, { 'content-type': 'text/plain' })],
    ['that says it is HTML', text(JSON.stringify(managerInfo), 200, { 'content-type': 'text/html' })],
    ['with a byte order mark', text(`\uFEFF${JSON.stringify(managerInfo)}`)],
    ['of status 201', json(managerInfo, 201)],
  ])('is read as JSON %s', async (_how, reply) => {
    const { info } = await infoFrom(reply);

    expect(await info).toEqual(managerInfo);
  });

  it.each([
    ['HTML', text('<!doctype html><p>welcome', 200, { 'content-type': 'text/html' })],
    ['an empty body', text('')],
    ['half a JSON', text('{"FL_ready":')],
    ['a JSON of another shape', json(['online'])],
    ['null', json(null)],
  ])('of %s is a bad response, asked for once', async (_what, reply) => {
    const { info, manager } = await infoFrom(reply);

    await expect(info).rejects.toMatchObject({ code: 'bad-response', details: { attempts: 1 } });
    expect(manager.received).toHaveLength(1);
  });

  it('of a wrong shape names the field', async () => {
    const { info } = await infoFrom(json({ ...managerInfo, GL_Model_V: 'two' }));

    await expect(info).rejects.toMatchObject({
      code: 'bad-response',
      details: { fields: [{ field: 'GL_Model_V', problem: expect.any(String) }] },
    });
  });

  it('of status 200 with an error is one: internal, or not-found for a port', async () => {
    const { info } = await infoFrom(json({ error: 'list index out of range' }));
    const manager = await aRemoteService([json({ error: 'No port assigned for task_id mnist' })]);
    const port = new ClientServerAPI('mnist', { baseUrl: manager.url }, parts()).getPort();

    await expect(info).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('list index'),
    });
    await expect(port).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('No port'),
    });
    expect(manager.received).toHaveLength(1);
  });

  it('over the size limit is refused, announced or not, packed or not', async () => {
    const large = JSON.stringify({ ...managerInfo, padding: 'x'.repeat(20_000) });
    const replies: Reply[] = [
      text(large, 200, { 'content-length': String(large.length) }),
      text(large),
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' });
        response.end(gzipSync(large));
      },
    ];
    for (const reply of replies) {
      const { info } = await infoFrom(reply);

      await expect(info).rejects.toMatchObject({
        code: 'bad-response',
        message: expect.stringContaining('size'),
      });
    }
  });
});

describe('a failed status', () => {
  it.each([
    [400, 'invalid-argument'],
    [401, 'unauthenticated'],
    [403, 'permission-denied'],
    [404, 'not-found'],
    [409, 'conflict'],
    [422, 'invalid-argument'],
    [500, 'internal'],
  ])('%i is %s, with or without JSON', async (status, code) => {
    for (const reply of [text('<html>', status), json({ detail: 'stale campaign' }, status)]) {
      const { info } = await infoFrom(reply);

      await expect(info).rejects.toMatchObject({ code, details: { status } });
    }
  });

  it('carries the code and details of a service of ours', async () => {
    const { info } = await infoFrom(
      json({ code: 'storage', message: 'disk full', details: { free: 0 } }, 507),
    );

    await expect(info).rejects.toMatchObject({
      code: 'storage',
      message: 'disk full',
      details: { free: 0, status: 507 },
    });
  });

  it('says what FastAPI found wrong', async () => {
    const { info } = await infoFrom(json({ detail: 'stale campaign' }, 409));

    await expect(info).rejects.toMatchObject({ message: expect.stringContaining('stale campaign') });
  });
});

describe('the three routes that Python never had', () => {
  const methods = ['getClientOut', 'getTrainFin', 'getTrainFail'] as const;

  it.each(methods)('%s is unsupported after FastAPI’s 404', async (method) => {
    const manager = await aRemoteService([json({ detail: 'Not Found' }, 404)]);
    const api = new ClientServerAPI('mnist', { baseUrl: manager.url }, parts());

    await expect(api[method](notice)).rejects.toMatchObject({ code: 'unsupported' });
    expect(manager.received).toHaveLength(1);
  });

  it.each(methods)('%s tells an unknown task from an unknown route', async (method) => {
    const manager = await aRemoteService([
      json({ code: 'not-found', message: 'no such task', details: {} }, 404),
    ]);
    const api = new ClientServerAPI('mnist', { baseUrl: manager.url }, parts());

    await expect(api[method](notice)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are the only ones beside xai_result: a port that is 404 is not found', async () => {
    const service = await aRemoteService([json({ detail: 'Not Found' }, 404)]);
    const api = new ClientServerAPI('mnist', { baseUrl: service.url, performanceUrl: service.url }, parts());

    await expect(api.getPort()).rejects.toMatchObject({ code: 'not-found' });
    await expect(api.putXaiResult({})).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('a redirect', () => {
  it('from /info/ to /info is followed', async () => {
    const { info, manager } = await infoFrom(text('', 307, { location: '/info/' }), json(managerInfo));

    expect(await info).toEqual(managerInfo);
    expect(manager.received.map(({ url }) => url)).toEqual(['/info', '/info/']);
  });

  it('keeps method, body and token of a PUT', async () => {
    const answer = { task_id: 'mnist', client_id: 'device-7', run_id: 'v1', state: 'out' };
    const manager = await aRemoteService([
      text('', 307, { location: '/FLSe/ClientOut/mnist/' }),
      json(answer),
    ]);
    const api = new ClientServerAPI('mnist', { baseUrl: manager.url, token: 't0ken' }, parts());

    await api.getClientOut(notice);

    expect(manager.received[1]).toMatchObject({ method: 'PUT', body: JSON.stringify(notice) });
    expect(manager.received[1]?.headers.authorization).toBe('Bearer t0ken');
  });

  it('to another host is not', async () => {
    const other = await aRemoteService([json(managerInfo)]);
    const { info } = await infoFrom(text('', 307, { location: `${other.url}/info` }));

    await expect(info).rejects.toMatchObject({ code: 'bad-response' });
    expect(other.received).toEqual([]);
  });

  it('in a circle ends', async () => {
    const { info, manager } = await infoFrom(text('', 307, { location: '/info' }));

    await expect(info).rejects.toMatchObject({ code: 'bad-response' });
    expect(manager.received).toHaveLength(4);
  });
});

describe('no answer', () => {
  it('in time is deadline-exceeded', async () => {
    const manager = await aRemoteService([silence]);
    const api = new ClientManagerAPI(
      { baseUrl: manager.url, attemptTimeoutMs: 50, totalTimeoutMs: 100 },
      parts(),
    );

    await expect(api.getInfo()).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });

  it('in time is deadline-exceeded also where the body trickles for ever', async () => {
    const trickle: Reply = (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    };
    const manager = await aRemoteService([trickle]);
    const api = new ClientManagerAPI(
      { baseUrl: manager.url, attemptTimeoutMs: 100, totalTimeoutMs: 150 },
      parts(),
    );

    await expect(api.getInfo()).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });

  it('from a port where nobody listens is unavailable', async () => {
    const baseUrl = `http://127.0.0.1:${await aDeadPort()}`;
    const api = new ClientManagerAPI({ baseUrl, ...soonOver }, parts());

    await expect(api.getInfo()).rejects.toMatchObject({
      code: 'unavailable',
      cause: expect.objectContaining({ code: 'ECONNREFUSED' }),
    });
  });

  it.each<[string, Reply]>([
    ['before', hangUp],
    [
      'within',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"FL_ready":', () => response.socket?.destroy());
      },
    ],
  ])('but a connection that breaks %s the answer is unavailable', async (_when, reply) => {
    const manager = await aRemoteService([reply]);
    const api = new ClientManagerAPI({ baseUrl: manager.url, ...soonOver }, parts());

    await expect(api.getInfo()).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('is waited for after an abort', async () => {
    const stop = new AbortController();
    const manager = await aRemoteService([() => stop.abort()]);
    const api = new ClientManagerAPI({ baseUrl: manager.url }, parts());

    await expect(api.getInfo({ signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    await expect(api.getInfo({ signal: stop.signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(manager.received).toHaveLength(1);
  });
});

describe('the token', () => {
  it('goes to the manager, and to a performance service of another origin not', async () => {
    const manager = await aRemoteService([json({ task_id: 'mnist', port: 1 })]);
    const performance = await aRemoteService([
      json({ train_result: { ...trainResult, fl_task_id: 'mnist' } }),
    ]);
    const urls = { baseUrl: manager.url, performanceUrl: performance.url };
    const api = new ClientServerAPI('mnist', { ...urls, token: 't0ken' }, parts());

    await api.getPort();
    await api.putTrainResult(trainResult);

    expect(manager.received[0]?.headers.authorization).toBe('Bearer t0ken');
    expect(performance.received[0]?.headers.authorization).toBeUndefined();
  });

  it('is in no error, whatever prints it', async () => {
    const baseUrl = `http://127.0.0.1:${await aDeadPort()}`;
    const api = new ClientManagerAPI({ baseUrl, token: 's3cret-t0ken', ...soonOver }, parts());

    const error: unknown = await api.getInfo().catch((thrown: unknown) => thrown);

    expect(FedOpsError.is(error)).toBe(true);
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('s3cret-t0ken');
  });
});
