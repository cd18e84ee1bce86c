import { connect } from 'node:net';
import { InstructionSchema, RegistrationAnswerSchema, RunViewSchema } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { ask, type DoorClient, statusOf } from './door-client.js';
import { encodedModel, registered, SIGNATURE, startServer, takePart, until } from './federation.js';

const ENROLMENT_TOKEN = 'enrolment-token-of-the-task';

describe('who may come in', () => {
  it('is nobody with a foreign Host', async () => {
    const server = await startServer();
    const answer = await ask(server.url, '/v1/run', { headers: { Host: 'rebound.example' } });
    expect(answer).toMatchObject({ status: 403, json: { code: 'permission-denied' } });
  });

  it('is who knows the Host that is allowed', async () => {
    const server = await startServer({ listen: { allowedHosts: ['fl.example'] } });
    expect((await ask(server.url, '/v1/run', { headers: { Host: 'fl.example' } })).status).toBe(200);
  });

  it('is no page of an origin that is not listed', async () => {
    const server = await startServer({ listen: { allowedOrigins: ['https://dashboard.example'] } });
    const from = (origin: string) => ask(server.url, '/v1/run', { headers: { Origin: origin } });
    expect(await from('https://evil.example')).toMatchObject({
      status: 403,
      json: { code: 'permission-denied' },
    });
    expect(await from('https://dashboard.example')).toMatchObject({
      status: 200,
      headers: { 'access-control-allow-origin': 'https://dashboard.example' },
    });
  });

  it('is told by a health check without credentials', async () => {
    const server = await startServer({ enrolmentToken: ENROLMENT_TOKEN });
    expect(await ask(server.url, '/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } });
  });

  it.each(['/v1/run', '/v1/parameters/'.padEnd(79, '0')])(
    'needs the enrolment token for %s where one is set',
    async (path) => {
      const server = await startServer({ enrolmentToken: ENROLMENT_TOKEN });
      for (const headers of [{}, { Authorization: 'Bearer another token' }]) {
        expect(await ask(server.url, path, { headers })).toMatchObject({
          status: 401,
          json: { code: 'unauthenticated' },
        });
      }
      const { status } = await ask(server.url, path, {
        headers: { Authorization: `Bearer ${ENROLMENT_TOKEN}` },
      });
      expect(status).not.toBe(401);
    },
  );

  it('is as little who asks for an instruction: polls pass the same guard', async () => {
    const server = await startServer({
      listen: { allowedOrigins: ['https://dashboard.example'] },
      selection: { minConnected: 2 },
    });
    const [client] = (await registered(server, 'device')) as [DoorClient];
    const poll = (headers: NodeJS.Dict<string>, path = '/v1/clients/device/instruction?waitMs=0') =>
      ask(server.url, path, {
        headers: Object.fromEntries(
          Object.entries({ Authorization: `Bearer ${client.token()}`, ...headers }).filter(
            ([, value]) => value,
          ),
        ),
      });
    expect(await poll({})).toMatchObject({ status: 204, headers: { vary: 'Origin' } });
    expect(await poll({ Host: 'rebound.example' })).toMatchObject({ status: 403 });
    expect(await poll({ Origin: 'https://evil.example' })).toMatchObject({ status: 403 });
    expect(await poll({ Origin: 'https://dashboard.example' })).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': 'https://dashboard.example' },
    });
    expect(await poll({ Authorization: undefined })).toMatchObject({ status: 401 });
    for (const path of ['/v1/clients/%/instruction', '/v1/clients/device/instruction?waitMs=25001']) {
      expect(await poll({}, path)).toMatchObject({ status: 400, json: { code: 'invalid-argument' } });
    }
    expect(await poll({}, '/v1/clients/other/instruction')).toMatchObject({ status: 403 });
  });

  it('gets not-found for what is not there', async () => {
    const server = await startServer();
    for (const path of ['/', '/v2/run', '/v1/clients', '/v1/parameters/abc']) {
      expect(await ask(server.url, path)).toMatchObject({ status: 404, json: { code: 'not-found' } });
    }
  });
});

describe('a question for the head alone', () => {
  it('gets what the whole would, without a body', async () => {
    const server = await startServer({ enrolmentToken: ENROLMENT_TOKEN });
    const client = server.client('device');
    await client.register({}, ENROLMENT_TOKEN);
    const { json } = await client.instruction();
    const enrolled = { Authorization: `Bearer ${ENROLMENT_TOKEN}` };
    const head = (path: string, headers: NodeJS.Dict<string> = enrolled) =>
      ask(server.url, path, { method: 'HEAD', headers });
    const parameters = `/v1/parameters/${json.parameters.digest}`;
    for (const path of [parameters, '/v1/run', '/v1/run/events']) {
      const answer = await head(path);
      expect([path, answer.status, answer.bytes.length]).toEqual([path, 200, 0]);
      const stranger = await head(path, {});
      expect([path, stranger.status, stranger.bytes.length]).toEqual([path, 401, 0]);
      expect((await head(path, { ...enrolled, Host: 'rebound.example' })).status).toBe(403);
    }
    expect((await head(parameters)).headers['content-length']).toBe(String(encodedModel(0).length));
    expect(
      (await head(parameters, { ...enrolled, 'If-None-Match': `"${json.parameters.digest}"` })).status,
    ).toBe(304);
  });

  it('opens no stream that would count, and is nothing where only updates go', async () => {
    const server = await startServer();
    const [client] = (await registered(server, 'device')) as [DoorClient];
    for (let heads = 0; heads < 65; heads++) {
      expect((await ask(server.url, '/v1/run/events', { method: 'HEAD' })).status).toBe(200);
    }
    const answer = await ask(server.url, '/v1/runs/v1/rounds/1/updates/device', {
      method: 'HEAD',
      headers: { Authorization: `Bearer ${client.token()}` },
    });
    expect([answer.status, answer.bytes.length]).toEqual([404, 0]);
    expect((await client.upload(encodedModel(1))).status).toBe(200);
  });
});

describe('registration', () => {
  it('answers with what the client must know', async () => {
    const server = await startServer({ rounds: 3, limits: { leaseMs: 9_000, maxUpdateBytes: 1_234 } });
    const { status, json } = await server.client('device 7/ä').register();
    expect(status).toBe(201);
    expect(RegistrationAnswerSchema.parse(json)).toMatchObject({
      protocolVersion: 1,
      taskId: 'task',
      clientId: 'device 7/ä',
      runId: 'v1',
      rounds: 3,
      nextVersion: 1,
      signature: SIGNATURE,
      leaseMs: 9_000,
      maxUpdateBytes: 1_234,
    });
  });

  it('needs the enrolment token where one is set', async () => {
    const server = await startServer({ enrolmentToken: ENROLMENT_TOKEN });
    const client = server.client('client');
    expect(await client.register()).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect(await client.register({}, 'wrong')).toMatchObject({
      status: 401,
      json: { code: 'unauthenticated' },
    });
    expect((await client.register({}, ENROLMENT_TOKEN)).status).toBe(201);
  });

  it.each([
    ['another protocol version', { protocolVersion: 2 }, 501, 'unsupported'],
    ['another task', { taskId: 'other' }, 404, 'not-found'],
    ['a key that is too short', { key: 'short' }, 400, 'invalid-argument'],
    ['no id', { clientId: '' }, 400, 'invalid-argument'],
    ['no status', { status: undefined }, 400, 'invalid-argument'],
  ])('with %s is refused', async (_what, changes, status, code) => {
    const server = await startServer();
    expect(await server.client('client').register(changes)).toMatchObject({ status, json: { code } });
    expect(server.view().clients).toEqual([]);
  });

  it.each([
    [
      'another shape',
      [{ name: 'kernel', shape: [2, 4], dtype: 'float32' }, ...SIGNATURE.slice(1)],
      'tensor 0: expected kernel float32[2, 3], got kernel float32[2, 4]',
    ],
    ['a tensor too few', SIGNATURE.slice(0, 1), 'tensor 1: expected bias float32[3], got no tensor'],
  ])('of a client whose model has %s is refused, naming the tensor', async (_what, signature, message) => {
    const server = await startServer();
    expect(await server.client('client').register({ signature })).toMatchObject({
      status: 422,
      json: { code: 'shape-mismatch', message },
    });
    expect(server.view().clients).toEqual([]);
    const [other] = (await registered(server, 'other')) as [DoorClient];
    expect(await takePart(server, other)).toMatchObject({ kind: 'finish' });
  });

  it('with the signature of the run is welcome', async () => {
    const server = await startServer();
    expect((await server.client('client').register({ signature: SIGNATURE })).status).toBe(201);
  });

  it('may tell the signature of a model with a thousand tensors', async () => {
    const tensors = Array.from({ length: 1_000 }, (_, i) => ({
      name: `encoder/block_${i}/attention/query/kernel`,
      shape: [2, 3],
      dtype: 'float32',
    }));
    const server = await startServer();
    expect(await server.client('client').register({ signature: tensors })).toMatchObject({ status: 422 });
  });

  it('by another key is a conflict while the client is there', async () => {
    const server = await startServer();
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const thief = await server.client('client').register({ key: 'the key of somebody else' });
    expect(thief).toMatchObject({ status: 409, json: { code: 'conflict' } });
    expect((await client.heartbeat({ status: statusOf('task'), activity: { kind: 'waiting' } })).status).toBe(
      200,
    );
  });

  it('again with the same key gives a new token and ends the old one', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const old = client.token();
    await client.register();
    const stale = await ask(server.url, '/v1/clients/client/instruction?waitMs=0', {
      headers: { Authorization: `Bearer ${old}` },
    });
    expect(stale).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect((await client.instruction(0)).status).toBe(204);
  });

  it('is refused where there are too many clients, with the time to come again', async () => {
    const server = await startServer({ limits: { maxClients: 1 } });
    await registered(server, 'first');
    const { status, json, headers } = await server.client('second').register();
    expect({ status, code: json.code }).toEqual({ status: 429, code: 'overloaded' });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  it('reads no more than a registration needs', async () => {
    const server = await startServer();
    const answer = await server.client('client').register({ more: 'x'.repeat(500_000) });
    expect(answer).toMatchObject({ status: 413, json: { code: 'too-large' } });
  });
});

describe('instructions', () => {
  it('come at once to who waits when a round opens', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const [first] = (await registered(server, 'first')) as [DoorClient];
    const waiting = first.instruction(25_000);
    await registered(server, 'second');
    // The clock stands still, so nothing but the round's opening can have answered.
    const { status, json } = await waiting;
    expect(status).toBe(200);
    expect(InstructionSchema.parse(json)).toMatchObject({
      kind: 'fit',
      runId: 'v1',
      round: 1,
      remainingMs: 1_800_000,
    });
  });

  it('are 204 after the time that the client waits, not before', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const timers = server.clock.pending();
    let answer: number | undefined;
    const waiting = client.instruction(20_000).then(({ status }) => {
      answer = status;
    });
    await until(() => server.clock.pending() > timers);
    await server.clock.advance(19_999);
    expect(answer).toBeUndefined();
    await server.clock.advance(1);
    await waiting;
    expect(answer).toBe(204);
  });

  it.each(['-1', '25001', 'soon'])('cannot be waited for %s ms', async (waitMs) => {
    const server = await startServer();
    const [client] = (await registered(server, 'client')) as [DoorClient];
    expect(await client.instruction(waitMs as unknown as number)).toMatchObject({
      status: 400,
      json: { code: 'invalid-argument' },
    });
  });

  it('are the same when asked for twice, and none once the result is in', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const [client] = (await registered(server, 'client', 'other')) as [DoorClient];
    const first = await client.next();
    expect(await client.next()).toEqual(first);
    await client.upload(encodedModel(1));
    expect((await client.instruction(0)).status).toBe(204);
  });

  it('keep a client that waits connected beyond its lease', async () => {
    const server = await startServer({ selection: { minConnected: 2 }, limits: { leaseMs: 4_000 } });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const timers = server.clock.pending();
    const waiting = client.instruction(25_000);
    await until(() => server.clock.pending() > timers);
    await server.clock.advance(20_000);
    expect(server.view().clients).toMatchObject([{ clientId: 'client', connection: 'connected' }]);
    await server.clock.advance(5_000);
    await waiting;
  });

  it('are for their client alone', async () => {
    const server = await startServer();
    const [client, other] = (await registered(server, 'client', 'other')) as [DoorClient, DoorClient];
    const answer = await ask(server.url, '/v1/clients/client/instruction', {
      headers: { Authorization: `Bearer ${other.token()}` },
    });
    expect(answer).toMatchObject({ status: 403, json: { code: 'permission-denied' } });
    await client.leave();
    expect(await client.instruction()).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
  });
});

describe('heartbeats', () => {
  it('tell a client to go on, or to abandon what is not wanted any more', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const [client] = (await registered(server, 'client', 'other')) as [DoorClient];
    await client.next();
    const beat = async (activity: object) =>
      (await client.heartbeat({ status: statusOf('task'), activity })).json.work;
    expect(await beat({ kind: 'waiting' })).toBe('go-on');
    expect(await beat({ kind: 'fitting', runId: 'v1', round: 1, progress: 0.5 })).toBe('go-on');
    expect(await beat({ kind: 'fitting', runId: 'v1', round: 2 })).toBe('abandon');
    expect(await beat({ kind: 'fitting', runId: 'v0', round: 1 })).toBe('abandon');
    await client.upload(encodedModel(1));
    expect(await beat({ kind: 'fitting', runId: 'v1', round: 1 })).toBe('abandon');
  });

  it('show in the view what a client does', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const activity = { kind: 'fitting', runId: 'v1', round: 1, progress: 0.25 };
    await client.heartbeat({ status: statusOf('task'), activity });
    expect(server.view().clients).toMatchObject([{ clientId: 'client', activity }]);
  });
});

describe('parameters', () => {
  it('come whole, immutable, and are not sent to who has them', async () => {
    const server = await startServer();
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const instruction = await client.next();
    if (instruction.kind !== 'fit') throw new Error(`expected fit, got ${instruction.kind}`);
    const { digest, byteLength } = instruction.parameters;
    const first = await ask(server.url, `/v1/parameters/${digest}`);
    expect(first).toMatchObject({
      status: 200,
      headers: {
        etag: `"${digest}"`,
        'content-type': 'application/vnd.fedops.parameters',
        'content-length': String(byteLength),
      },
    });
    expect(first.headers['cache-control']).toContain('immutable');
    expect(first.bytes).toEqual(encodedModel(0));
    const again = await ask(server.url, `/v1/parameters/${digest}`, {
      headers: { 'If-None-Match': `"${digest}"` },
    });
    expect({ status: again.status, bytes: again.bytes.length }).toEqual({ status: 304, bytes: 0 });
  });

  it('that the store does not hold are not-found', async () => {
    const server = await startServer();
    expect(await ask(server.url, `/v1/parameters/${'0'.repeat(64)}`)).toMatchObject({
      status: 404,
      json: { code: 'not-found' },
    });
  });

  it('survive a reader that goes away in the middle', async () => {
    const signature = [{ name: 'w', shape: [4_000_000], dtype: 'float32' as const }];
    const server = await startServer(
      {},
      {
        initialParameters: { signature, tensors: [new Float32Array(4_000_000)] },
      },
    );
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const instruction = await client.next();
    if (instruction.kind !== 'fit') throw new Error(`expected fit, got ${instruction.kind}`);
    const path = `/v1/parameters/${instruction.parameters.digest}`;
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
        socket.once('data', () => socket.destroy());
      });
      socket.once('close', () => resolve());
    });
    expect((await ask(server.url, path)).bytes.length).toBe(instruction.parameters.byteLength);
  });
});

describe('GET /v1/run', () => {
  it('says why it waits for clients, and for whose updates', async () => {
    const server = await startServer({ selection: { minConnected: 2 } });
    const view = async () => RunViewSchema.parse((await ask(server.url, '/v1/run')).json);
    expect((await view()).state).toMatchObject({
      phase: 'waiting-for-clients',
      reason: 'too-few-clients',
      since: '2026-11-24T00:00:00.000Z',
      deadline: '2026-11-24T00:30:00.000Z',
      waitingFor: [],
    });
    const [first] = (await registered(server, 'first', 'second')) as [DoorClient];
    await first.next();
    expect((await view()).state).toMatchObject({
      phase: 'fitting',
      reason: 'updates-missing',
      waitingFor: ['first', 'second'],
    });
    await first.upload(encodedModel(1));
    expect((await view()).state).toMatchObject({ waitingFor: ['second'] });
  });

  it('shows the past rounds and what was published', async () => {
    const server = await startServer({ rounds: 2 });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    await takePart(server, client, { numExamples: 5, metrics: { loss: 0.5 } });
    const view = RunViewSchema.parse((await ask(server.url, '/v1/run')).json);
    expect(view.published).toMatchObject({ version: 1 });
    expect(view.history).toMatchObject([
      {
        round: 1,
        outcome: { kind: 'closed' },
        fitMetrics: { loss: 0.5 },
        clientEvaluation: { loss: 0.25, metrics: { accuracy: 0.75 } },
      },
      {
        round: 2,
        outcome: { kind: 'closed', digest: view.published!.digest },
        participants: [{ clientId: 'client', numExamples: 5 }],
      },
    ]);
  });

  it('never shows a key or a token', async () => {
    const server = await startServer();
    const [client] = (await registered(server, 'client')) as [DoorClient];
    const text = (await ask(server.url, '/v1/run')).bytes.toString();
    expect(text).not.toContain(client.token());
    expect(text).not.toContain('kept secret');
  });
});
