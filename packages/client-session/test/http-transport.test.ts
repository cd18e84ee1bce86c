import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { createParameters, encodeParameters, type Parameters } from '@fedops/parameters';
import {
  type ClientId,
  FedOpsError,
  type Registration,
  type RunId,
  type TaskId,
  type UpdateHeader,
} from '@fedops/shared-types';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Connection, WorkResult } from '../src/connection.js';
import { createHttpTransport, type HttpTransportOptions } from '../src/http/http-transport.js';
import { type FakeDoor, json, openFakeDoor, reading, refusing, sha256 } from './fake-door.js';
import { aModel, aWork, FINISH, SIGNATURE } from './fake-server.js';

const CLIENT = 'device/7 ü' as ClientId;
const IN_PATH = 'device%2F7%20%C3%BC';
const KEY = { runId: 'v1' as RunId, round: 2 };
const UPDATES = `/v1/runs/v1/rounds/2/updates/${IN_PATH}`;

const REGISTRATION: Registration = {
  protocolVersion: 1,
  taskId: 'mnist' as TaskId,
  clientId: CLIENT,
  key: 'k'.repeat(32),
  status: {
    FL_task_id: 'mnist',
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  },
};

const REGISTERED = {
  protocolVersion: 1,
  taskId: 'mnist',
  clientId: CLIENT,
  token: 'secret-token',
  runId: 'v1',
  rounds: 3,
  nextVersion: 1,
  signature: SIGNATURE,
  leaseMs: 15_000,
  maxUpdateBytes: 100_000_000,
};

const options = { signal: new AbortController().signal };
let door: FakeDoor;

beforeEach(async () => {
  door = await openFakeDoor();
  door.answers.set('POST /v1/clients', reading(door, 201, REGISTERED));
});

afterEach(() => door.close());

function connect(over: Partial<HttpTransportOptions> = {}): Promise<Connection> {
  return createHttpTransport({ baseUrl: door.baseUrl, ...over }).connect(REGISTRATION, options);
}

function anUpdate(parameters: Parameters = aModel(), header: UpdateHeader = { numExamples: 3, metrics: {} }) {
  return { kind: 'update', header, parameters } satisfies WorkResult;
}

/** 8 MB: more than what sockets buffer. */
function aLargeModel(): Parameters {
  const data = Float32Array.from({ length: 2_000_000 }, (_, i) => i);
  return createParameters([{ name: 'w', shape: [data.length], dtype: 'float32' }], [data]);
}

const codeOf = (error: unknown) => (FedOpsError.is(error) ? error.code : error);

async function rejection(promise: Promise<unknown>): Promise<FedOpsError> {
  return promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error) => error,
  );
}

describe('registration', () => {
  test('sends what the protocol says and gives the answer', async () => {
    const connection = await connect({ enrolmentToken: 'enrol-me' });
    expect(connection.registration).toMatchObject({ token: 'secret-token', runId: 'v1' });
    expect(JSON.parse(door.seen[0]!.body.toString())).toEqual(REGISTRATION);
    expect(door.seen[0]!.headers).toMatchObject({
      authorization: 'Bearer enrol-me',
      'content-type': 'application/json',
      'content-length': String(door.seen[0]!.body.length),
    });
  });

  test('goes below the path of a proxy', async () => {
    door.answers.set('POST /prefix/v1/clients', reading(door, 201, REGISTERED));
    await connect({ baseUrl: `${door.baseUrl}/prefix/` });
    expect(door.seen[0]!.url).toBe('/prefix/v1/clients');
  });

  test.each([
    [409, 'conflict'],
    [501, 'unsupported'],
    [404, 'not-found'],
    [403, 'permission-denied'],
    [401, 'unauthenticated'],
  ])("status %i gives the server's own error", async (status, code) => {
    door.answers.set('POST /v1/clients', reading(door, status, { code, message: 'no', details: { why: 1 } }));
    expect(await rejection(connect())).toMatchObject({ code, message: 'no', details: { why: 1, status } });
  });

  test('an answer that is no JSON, or another JSON, is a bad response', async () => {
    door.answers.set('POST /v1/clients', (_request, response) => void response.end('<html>'));
    expect(codeOf(await rejection(connect()))).toBe('bad-response');
    door.answers.set('POST /v1/clients', json(201, { ...REGISTERED, rounds: 'three' }));
    const error = await rejection(connect());
    expect(error).toMatchObject({ code: 'bad-response', details: { fields: [{ field: 'rounds' }] } });
  });

  test('an answer without end is cut off', async () => {
    door.answers.set('POST /v1/clients', (_request, response) => {
      response.writeHead(201);
      const more = () => {
        while (response.write(Buffer.alloc(1024 * 1024, 0x20))) if (response.destroyed) return;
      };
      response.on('drain', more);
      more();
    });
    expect(codeOf(await rejection(connect()))).toBe('bad-response');
  });

  test('is unavailable where nobody listens', async () => {
    const baseUrl = door.baseUrl;
    await door.close();
    expect(codeOf(await rejection(connect({ baseUrl })))).toBe('unavailable');
    door = await openFakeDoor();
  });

  test('is a bad response where no HTTP is spoken', async () => {
    const echo = createServer((socket) => void socket.end('SSH-2.0-OpenSSH\r\n'));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const { port } = echo.address() as AddressInfo;
    expect(codeOf(await rejection(connect({ baseUrl: `http://127.0.0.1:${port}` })))).toBe('bad-response');
    echo.close();
  });

  test.each(['ftp://host', 'not a url', 'http://user:secret@host', 'http://host/?query'])(
    'refuses the address %s without repeating it',
    (baseUrl) => {
      let caught: unknown;
      try {
        createHttpTransport({ baseUrl });
      } catch (error) {
        caught = error;
      }
      expect(codeOf(caught)).toBe('invalid-argument');
      expect((caught as Error).message).not.toContain('secret');
    },
  );

  test('puts Retry-After into the details', async () => {
    door.answers.set(
      'POST /v1/clients',
      json(429, { code: 'overloaded', message: 'later' }, { 'retry-after': '7' }),
    );
    expect(await rejection(connect())).toMatchObject({
      code: 'overloaded',
      details: { retryAfterMs: 7_000 },
    });
  });

  test('rejects with the reason of its signal, at once', async () => {
    door.answers.set('POST /v1/clients', () => undefined);
    const abort = new AbortController();
    const connected = createHttpTransport({ baseUrl: door.baseUrl }).connect(REGISTRATION, {
      signal: abort.signal,
    });
    const reason = new FedOpsError('aborted', 'enough');
    setImmediate(() => abort.abort(reason));
    expect(await rejection(connected)).toBe(reason);
  });
});

describe('instructions and heartbeats', () => {
  const instruction = `GET /v1/clients/${IN_PATH}/instruction`;

  test('an instruction is read, and asked for with the token and the longest wait', async () => {
    door.answers.set(instruction, reading(door, 200, aWork('fit')));
    const connection = await connect();
    expect(await connection.nextInstruction(options)).toEqual(aWork('fit'));
    expect(door.seen[1]).toMatchObject({
      url: `/v1/clients/${IN_PATH}/instruction?waitMs=25000`,
      headers: { authorization: 'Bearer secret-token' },
    });
  });

  test('204 is no instruction', async () => {
    door.answers.set(instruction, json(204, undefined));
    expect(await (await connect()).nextInstruction(options)).toBeUndefined();
  });

  test('401 is unauthenticated', async () => {
    door.answers.set(instruction, json(401, { code: 'unauthenticated', message: 'who?' }));
    expect(codeOf(await rejection((await connect()).nextInstruction(options)))).toBe('unauthenticated');
  });

  test('an HTML error page of a proxy gives the code that fits its status', async () => {
    door.answers.set(instruction, (_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html>bad gateway');
    });
    expect(codeOf(await rejection((await connect()).nextInstruction(options)))).toBe('unavailable');
  });

  test('a connection that breaks off is unavailable', async () => {
    door.answers.set(instruction, (request) => void request.socket.destroy());
    expect(codeOf(await rejection((await connect()).nextInstruction(options)))).toBe('unavailable');
  });

  test('an idle connection that the server closed is replaced without an error', async () => {
    let served = 0;
    door.answers.set(instruction, (request, response) => {
      served += 1;
      if (served === 1) return void request.socket.destroy();
      return json(200, FINISH)(request, response);
    });
    const connection = await connect();
    expect(await connection.nextInstruction(options)).toEqual(FINISH);
  });

  test('a heartbeat is sent and answered', async () => {
    door.answers.set(
      `POST /v1/clients/${IN_PATH}/heartbeat`,
      reading(door, 200, { leaseMs: 9_000, work: 'abandon' }),
    );
    const heartbeat = { status: REGISTRATION.status, activity: { kind: 'waiting' as const } };
    expect(await (await connect()).heartbeat(heartbeat, options)).toEqual({
      leaseMs: 9_000,
      work: 'abandon',
    });
    expect(JSON.parse(door.seen[1]!.body.toString())).toEqual(heartbeat);
  });
});

describe('parameters', () => {
  const bytes = encodeParameters(aModel(1, 2, 3, 4));
  const ref = { digest: sha256(bytes), byteLength: bytes.length };
  const path = `GET /v1/parameters/${ref.digest}`;

  test('are read as they were encoded', async () => {
    door.answers.set(path, (_request, response) => void response.end(bytes));
    const parameters = await (await connect()).fetchParameters(ref, options);
    expect(parameters.signature).toEqual(SIGNATURE);
    expect([...parameters.tensors[0]!]).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ['other bytes', () => Buffer.from(bytes).fill(7, 100)],
    ['a byte too few', () => bytes.slice(0, -1)],
    ['a byte too many', () => Buffer.concat([bytes, Buffer.alloc(1)])],
  ])('%s are a bad response', async (_name, body) => {
    door.answers.set(path, (_request, response) => void response.end(body()));
    expect(codeOf(await rejection((await connect()).fetchParameters(ref, options)))).toBe('bad-response');
  });

  test('more bytes than announced nowhere are cut off', async () => {
    door.answers.set(path, (_request, response) => {
      response.write(bytes);
      response.end(Buffer.alloc(1024));
    });
    expect(codeOf(await rejection((await connect()).fetchParameters(ref, options)))).toBe('bad-response');
  });

  test('whose bytes encode none are a bad response', async () => {
    const noise = Buffer.alloc(64, 1);
    const other = { digest: sha256(noise), byteLength: noise.length };
    door.answers.set(`GET /v1/parameters/${other.digest}`, (_request, response) => void response.end(noise));
    expect(codeOf(await rejection((await connect()).fetchParameters(other, options)))).toBe('bad-response');
  });

  test('larger than allowed are refused before anything is asked', async () => {
    const connection = await connect({ maxParametersBytes: 10 });
    expect(codeOf(await rejection(connection.fetchParameters(ref, options)))).toBe('too-large');
  });

  test('that stop half-way are given up after the stall time', async () => {
    door.answers.set(path, (_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.slice(0, 50));
    });
    const connection = await connect({ stallMs: 1_000 });
    expect(codeOf(await rejection(connection.fetchParameters(ref, options)))).toBe('deadline-exceeded');
  });

  test('cut off half-way are unavailable, to be asked for again', async () => {
    door.answers.set(path, (request, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.slice(0, 50), () => request.socket.destroy());
    });
    expect(codeOf(await rejection((await connect()).fetchParameters(ref, options)))).toBe('unavailable');
  });
});

describe('an update', () => {
  test('is the encoding of its parameters, with length, digest and facts in ASCII', async () => {
    const parameters = aLargeModel();
    const bytes = encodeParameters(parameters);
    door.answers.set(`PUT ${UPDATES}`, reading(door, 200, { state: 'counted', digest: sha256(bytes) }));
    await (await connect()).deliver(
      KEY,
      anUpdate(parameters, { numExamples: 3, metrics: { größe: 1 } }),
      options,
    );
    const { body, headers } = door.seen[1]!;
    expect(body.equals(bytes)).toBe(true);
    expect(headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'content-length': String(bytes.length),
      'content-type': 'application/vnd.fedops.parameters',
      'content-digest': `sha-256=:${Buffer.from(sha256(bytes), 'hex').toString('base64')}:`,
      'fedops-update': '{"numExamples":3,"metrics":{"gr\\u00f6\\u00dfe":1}}',
    });
    expect(headers['transfer-encoding']).toBeUndefined();
  });

  test('of several tensors has zeros between them', async () => {
    const bytes = encodeParameters(aModel());
    door.answers.set(`PUT ${UPDATES}`, reading(door, 200, { state: 'repeated', digest: sha256(bytes) }));
    await (await connect()).deliver(KEY, anUpdate(), options);
    expect(door.seen[1]!.body.equals(bytes)).toBe(true);
  });

  test.each([
    [401, 'unauthenticated'],
    [409, 'stale-round'],
    [413, 'too-large'],
  ])(
    "refused early with %i gives the server's error although the body is still being sent",
    async (status, code) => {
      door.answers.set(`PUT ${UPDATES}`, refusing(status, { code, message: 'no' }));
      const connection = await connect();
      const parameters = aLargeModel();
      for (let i = 0; i < 20; i++) {
        expect(await rejection(connection.deliver(KEY, anUpdate(parameters), options))).toMatchObject({
          code,
          message: 'no',
        });
      }
    },
  );

  test('over the size that the server takes is not sent', async () => {
    door.answers.set('POST /v1/clients', json(201, { ...REGISTERED, maxUpdateBytes: 100 }));
    expect(codeOf(await rejection((await connect()).deliver(KEY, anUpdate(), options)))).toBe('too-large');
  });

  test('with more metrics than a header holds is not sent', async () => {
    const metrics = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`${'m'.repeat(90)}${i}`, i]));
    const update = anUpdate(aModel(), { numExamples: 1, metrics });
    expect(codeOf(await rejection((await connect()).deliver(KEY, update, options)))).toBe('too-large');
  });

  test('that the server does not take up is given up after the stall time', async () => {
    door.answers.set(`PUT ${UPDATES}`, () => undefined);
    const connection = await connect({ stallMs: 1_000 });
    expect(codeOf(await rejection(connection.deliver(KEY, anUpdate(aLargeModel()), options)))).toBe(
      'deadline-exceeded',
    );
  });

  test('cut off by the server is unavailable', async () => {
    door.answers.set(`PUT ${UPDATES}`, (request) => {
      request.once('data', () => request.socket.destroy());
    });
    expect(codeOf(await rejection((await connect()).deliver(KEY, anUpdate(aLargeModel()), options)))).toBe(
      'unavailable',
    );
  });
});

describe('evaluations, failures and leaving', () => {
  test('go to their own paths', async () => {
    const evaluations = `/v1/runs/v1/rounds/2/evaluations/${IN_PATH}`;
    const failures = `/v1/runs/v1/rounds/2/failures/${IN_PATH}`;
    door.answers.set(`PUT ${evaluations}`, reading(door, 200, { state: 'counted' }));
    door.answers.set(`PUT ${failures}`, reading(door, 200, { state: 'counted' }));
    const connection = await connect();
    const evaluation = { loss: 0.25, numExamples: 4, metrics: { accuracy: 1 } };
    const failure = { work: 'fit' as const, code: 'internal' as const, message: 'out of memory' };
    await connection.deliver(KEY, { kind: 'evaluation', evaluation }, options);
    await connection.deliver(KEY, { kind: 'failure', failure }, options);
    expect(door.seen.slice(1).map(({ url, body }) => [url, JSON.parse(body.toString())])).toEqual([
      [evaluations, evaluation],
      [failures, failure],
    ]);
    expect(door.connections()).toBe(1);
  });

  test('leaving tells the server and closes the connection', async () => {
    door.answers.set(`DELETE /v1/clients/${IN_PATH}`, reading(door, 204, undefined));
    await (await connect()).leave();
    expect(door.seen[1]).toMatchObject({
      method: 'DELETE',
      headers: { authorization: 'Bearer secret-token' },
    });
  });

  test('leaving a server that is gone does not throw', async () => {
    const connection = await connect();
    await door.close();
    await connection.leave();
    door = await openFakeDoor();
  });
});
