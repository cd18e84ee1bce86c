import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { describe, expect, it } from '@jest/globals';
import { bytesBelow, freshDirectory } from './directories.js';
import { type Answer, ask, contentDigest, type DoorClient } from './door-client.js';
import {
  encodedModel,
  modelOf,
  registered,
  SIGNATURE,
  type StartedServer,
  startServer,
  takePart,
  until,
} from './federation.js';

/** Two clients whose round is open; the second is `good` and delivers last. */
async function openRound(
  settings: Parameters<typeof startServer>[0] = {},
  parts: Parameters<typeof startServer>[1] = {},
) {
  const dataDir = await freshDirectory();
  const server = await startServer({ dataDir, selection: { minConnected: 2 }, ...settings }, parts);
  const [sender, good] = (await registered(server, 'sender', 'good')) as [DoorClient, DoorClient];
  expect((await sender.next()).kind).toBe('fit');
  return { server, sender, good, spool: join(dataDir, 'runs', 'id-v1', 'spool') };
}

/** The good client alone carries the run to its end: nothing was harmed. */
async function expectRunGoesOn(server: StartedServer, good: DoorClient) {
  expect((await takePart(server, good)).kind).toBe('finish');
  const { history } = server.view();
  expect(history.map(({ outcome }) => outcome.kind)).toEqual(['closed']);
  expect(await server.finished).toMatchObject({ status: 'published', version: 1 });
}

function withTensors(...specs: typeof SIGNATURE): Buffer {
  return encodedModel(1, specs);
}

function withValue(value: number): Buffer {
  const { signature, tensors } = modelOf(1);
  (tensors[0] as Float32Array)[4] = value;
  return Buffer.from(encodeParameters(createParameters(signature, tensors)));
}

const [kernel, bias] = [SIGNATURE[0]!, SIGNATURE[1]!];
const sound = encodedModel(1);

describe('an update that can never count', () => {
  const bad: [
    what: string,
    status: number,
    code: string,
    bytes: Buffer,
    ...headers: NodeJS.Dict<string>[],
  ][] = [
    ['a tensor missing', 422, 'shape-mismatch', withTensors(kernel)],
    ['a tensor too many', 422, 'shape-mismatch', withTensors(kernel, bias, { ...bias, name: 'more' })],
    ['another name', 422, 'shape-mismatch', withTensors(kernel, { ...bias, name: 'offset' })],
    ['another shape', 422, 'shape-mismatch', withTensors({ ...kernel, shape: [3, 2] }, bias)],
    [
      'another dtype',
      422,
      'shape-mismatch',
      Buffer.from(
        encodeParameters(
          createParameters(
            [kernel, { ...bias, dtype: 'float64' }],
            [new Float32Array(6), new Float64Array(3)],
          ),
        ),
      ),
    ],
    ['bytes missing', 400, 'invalid-argument', sound.subarray(0, -4)],
    ['bytes too many', 400, 'invalid-argument', Buffer.concat([sound, Buffer.alloc(4)])],
    ['a NaN', 400, 'invalid-argument', withValue(Number.NaN)],
    ['an infinity', 400, 'invalid-argument', withValue(Number.NEGATIVE_INFINITY)],
    ['no parameters at all', 400, 'invalid-argument', Buffer.from('these are no parameters')],
    [
      'a format of the future',
      501,
      'unsupported',
      Buffer.concat([sound.subarray(0, 8), Buffer.from([9]), sound.subarray(9)]),
    ],
    ['no examples', 400, 'invalid-argument', sound, { 'FedOps-Update': '{"numExamples":0}' }],
    ['negative examples', 400, 'invalid-argument', sound, { 'FedOps-Update': '{"numExamples":-5}' }],
    ['half an example', 400, 'invalid-argument', sound, { 'FedOps-Update': '{"numExamples":1.5}' }],
    [
      'a metric that is no number',
      400,
      'invalid-argument',
      sound,
      { 'FedOps-Update': '{"numExamples":1,"metrics":{"loss":null}}' },
    ],
    [
      'a metric that is infinite',
      400,
      'invalid-argument',
      sound,
      { 'FedOps-Update': '{"numExamples":1,"metrics":{"loss":1e999}}' },
    ],
    ['facts that are no JSON', 400, 'invalid-argument', sound, { 'FedOps-Update': 'numExamples=1' }],
    ['an encoding of its body', 501, 'unsupported', sound, { 'Content-Encoding': 'gzip' }],
    ['no facts', 400, 'invalid-argument', sound, { 'FedOps-Update': undefined }],
    [
      'another digest',
      400,
      'invalid-argument',
      sound,
      { 'Content-Digest': contentDigest(Buffer.from('other')) },
    ],
    ['no digest', 400, 'invalid-argument', sound, { 'Content-Digest': undefined }],
    ['a digest of another kind', 400, 'invalid-argument', sound, { 'Content-Digest': 'md5=:AAAA:' }],
    ['no token', 401, 'unauthenticated', sound, { Authorization: undefined }],
    ['an unknown token', 401, 'unauthenticated', sound, { Authorization: 'Bearer nobody' }],
  ];

  it.each(bad)(
    'because of %s gets %i %s, leaves nothing, and harms nobody',
    async (_what, status, code, bytes, ...headers) => {
      const { server, sender, good, spool } = await openRound();
      const answer = await sender.upload(bytes, { headers: Object.assign({}, ...headers) });
      expect(answer).toMatchObject({ status, json: { code } });
      expect(answer.json.message).not.toBe('');
      expect(await bytesBelow(spool)).toBe(0);
      await sender.leave();
      await expectRunGoesOn(server, good);
    },
  );

  it('names the tensor that differs, and the element that is not finite', async () => {
    const { sender } = await openRound();
    const other = await sender.upload(withTensors(kernel, { ...bias, name: 'offset' }));
    expect(other.json.details).toMatchObject({ index: 1, expected: bias, actual: { name: 'offset' } });
    const { sender: second } = await openRound();
    const nan = await second.upload(withValue(Number.NaN));
    expect(nan.json.details).toEqual({ tensor: 'kernel', index: 4 });
  });

  it('is told so although its body is large and goes on behind the fault', async () => {
    const signature = [{ name: 'w', shape: [4_000_000], dtype: 'float32' as const }];
    const server = await startServer({}, { initialParameters: modelOf(0, signature) });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    expect((await client.next()).kind).toBe('fit');
    const { tensors } = modelOf(1, signature);
    (tensors[0] as Float32Array)[7] = Number.NaN;
    const answer = await client.upload(encodeParameters(createParameters(signature, tensors)));
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid-argument', details: { index: 7 } } });
  });

  it('leaves its connection fit for the next request', async () => {
    const signature = [{ name: 'w', shape: [10_000], dtype: 'float32' as const }];
    const server = await startServer({}, { initialParameters: modelOf(0, signature) });
    const [client] = (await registered(server, 'client')) as [DoorClient];
    await client.next();
    const bytes = encodedModel(1, [{ ...signature[0]!, name: 'other' }]);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const put = () =>
      new Promise<{ status: number | undefined; port: number | undefined }>((resolve, reject) => {
        const url = new URL('/v1/runs/v1/rounds/1/updates/client', server.url);
        const outgoing = request(
          url,
          { method: 'PUT', agent, headers: client.uploadHeaders(bytes) },
          (response) => {
            const port = response.socket.localPort;
            response.resume().once('end', () => resolve({ status: response.statusCode, port }));
          },
        );
        outgoing.once('error', reject);
        outgoing.end(bytes);
      });
    const [first, second] = [await put(), await put()];
    agent.destroy();
    expect(first.status).toBe(422);
    // The retried round asks again, or is over: an answer came, on the connection of the first.
    expect([422, 409]).toContain(second.status);
    expect(second.port).toBe(first.port);
  });

  it('counts as a failure of its client, so that the round need not wait for it', async () => {
    const { server, sender, good } = await openRound();
    await sender.upload(withValue(Number.NaN));
    await sender.leave();
    await expectRunGoesOn(server, good);
    expect(server.view().history[0]!.failures).toMatchObject([
      { clientId: 'sender', work: 'fit', code: 'invalid-argument' },
    ]);
  });

  it('leaves its client free to send a sound one while the round is open', async () => {
    const { server, sender, good } = await openRound();
    await sender.upload(withValue(Number.NaN));
    expect((await sender.upload(sound)).json).toMatchObject({ state: 'counted' });
    await sender.leave();
    await expectRunGoesOn(server, good);
    expect(server.view().history[0]!.participants.map(({ clientId }) => clientId)).toEqual([
      'good',
      'sender',
    ]);
  });
});

describe('an upload that the door does not take', () => {
  it('without Content-Length is refused: chunked bodies have no end that is known', async () => {
    const { server, sender, good, spool } = await openRound();
    const answer = await sender.upload(sound, {
      headers: { 'Content-Length': undefined, 'Transfer-Encoding': 'chunked' },
    });
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid-argument' } });
    expect(await bytesBelow(spool)).toBe(0);
    await sender.leave();
    await expectRunGoesOn(server, good);
  });

  it('in the name of another client is refused', async () => {
    const { server, sender, good } = await openRound();
    const answer = await sender.upload(encodedModel(1e6), { as: 'good' });
    expect(answer).toMatchObject({ status: 403, json: { code: 'permission-denied' } });
    await sender.leave();
    await expectRunGoesOn(server, good);
    expect(server.view().history[0]!.participants).toHaveLength(1);
  });

  it.each([
    ['another run', { runId: 'v9' }],
    ['a round that is not open yet', { round: 2 }],
  ])('for %s is stale-round', async (_what, key) => {
    const { server, sender, good } = await openRound();
    expect(await sender.upload(sound, key)).toMatchObject({ status: 409, json: { code: 'stale-round' } });
    await sender.leave();
    await expectRunGoesOn(server, good);
  });

  it.each(['0', '-1', '1.5', 'first'])('for round %s is invalid-argument', async (round) => {
    const { sender } = await openRound();
    const answer = await sender.upload(sound, { round: round as unknown as number });
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid-argument' } });
  });

  it('over the limit is refused before its body is read', async () => {
    const { server, sender, good, spool } = await openRound({ limits: { maxUpdateBytes: sound.length } });
    const answer = await sender.upload(Buffer.concat([sound, Buffer.alloc(1)]));
    expect(answer).toMatchObject({ status: 413, json: { code: 'too-large' } });
    expect(await bytesBelow(spool)).toBe(0);
    await sender.leave();
    await expectRunGoesOn(server, good);
  });

  it('at the limit is taken', async () => {
    const { sender } = await openRound({ limits: { maxUpdateBytes: sound.length } });
    expect((await sender.upload(sound)).json).toMatchObject({ state: 'counted' });
  });

  it('beyond the number of uploads at a time is overloaded and may come again', async () => {
    const { server, sender, good } = await openRound({ limits: { maxConcurrentUploads: 1 } });
    const slow = await halfAnUpload(server, sender);
    await until(async () => (await good.upload(sound)).status === 429);
    const { headers } = await good.upload(sound);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    slow.destroy();
    await until(async () => (await good.upload(sound)).status === 200);
  });
});

describe('an upload that drips', () => {
  it('gets 408 after 30 s, leaves nothing, and its slot is free', async () => {
    const { server, sender, good, spool } = await openRound({
      limits: { maxConcurrentUploads: 1, leaseMs: 600_000 },
    });
    const timers = server.clock.pending(30_000);
    const slow = await halfAnUpload(server, sender);
    const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
    await until(() => server.clock.pending(30_000) > timers);
    await server.clock.advance(29_999);
    expect((await good.upload(sound)).status).toBe(429);
    await server.clock.advance(1);
    const [{ statusCode }] = await answered;
    expect(statusCode).toBe(408);
    expect(await bytesBelow(spool)).toBe(0);
    expect((await good.upload(sound)).json).toMatchObject({ state: 'counted' });
    expect(server.view().state).toMatchObject({ phase: 'fitting', waitingFor: ['sender'] });
    slow.destroy();
  });

  it('is taken for as long as it likes where no speed is asked for', async () => {
    const { server, sender } = await openRound({ limits: { minUploadBytesPerSecond: 0, leaseMs: 600_000 } });
    const slow = await halfAnUpload(server, sender);
    await server.clock.advance(10_000);
    const answered = once(slow, 'response') as Promise<[IncomingMessage]>;
    await server.clock.advance(40_000);
    slow.end(sound.subarray(sound.length / 2));
    expect((await answered)[0].statusCode).toBe(200);
  });
});

/** An upload that has sent its headers and half of its body. */
async function halfAnUpload(server: StartedServer, client: DoorClient, update = sound) {
  const outgoing = request(new URL(`/v1/runs/v1/rounds/1/updates/${client.clientId}`, server.url), {
    method: 'PUT',
    agent: false,
    headers: client.uploadHeaders(update),
  });
  outgoing.on('error', () => {});
  outgoing.flushHeaders();
  await new Promise<void>((resolve, reject) =>
    outgoing.write(update.subarray(0, update.length / 2), (error) => (error ? reject(error) : resolve())),
  );
  return outgoing;
}

describe('an early answer to a large upload', () => {
  const large: typeof SIGNATURE = [{ name: 'w', shape: [5_000_000], dtype: 'float32' }];
  const update = encodedModel(1, large);
  const other = encodedModel(2, large);
  const model = { initialParameters: modelOf(0, large) };

  const stay = { Connection: 'keep-alive' };

  async function expectRefusal(answer: Promise<Answer>, status: number, code: string) {
    const { json, headers, ...rest } = await answer;
    expect([rest.status, json.code, headers.connection]).toEqual([status, code, 'close']);
  }

  it.each([
    [401, 'unauthenticated', { headers: { Authorization: 'Bearer nobody', ...stay } }],
    [403, 'permission-denied', { as: 'good', headers: stay }],
    [409, 'stale-round', { round: 2, headers: stay }],
    [400, 'invalid-argument', { headers: { 'Content-Digest': undefined, ...stay } }],
  ])('of %i %s ends its connection, once it is heard', async (status, code, options) => {
    const { sender } = await openRound({}, model);
    await expectRefusal(sender.upload(update, options), status, code);
  });

  it('of 413 too-large ends its connection, once it is heard', async () => {
    const { sender } = await openRound({ limits: { maxUpdateBytes: 1_000_000 } }, model);
    await expectRefusal(sender.upload(update, { headers: stay }), 413, 'too-large');
  });

  it('of 429 overloaded ends its connection, once it is heard', async () => {
    const { server, sender, good } = await openRound({ limits: { maxConcurrentUploads: 1 } }, model);
    const slow = await halfAnUpload(server, sender, update);
    await until(async () => (await good.upload(update)).status === 429);
    await expectRefusal(good.upload(update, { headers: stay }), 429, 'overloaded');
    slow.destroy();
  });

  it('says repeated of bytes that are counted, and conflict of others', async () => {
    const { sender } = await openRound({}, model);
    const first = await sender.upload(update, { headers: stay });
    expect([first.json.state, first.headers.connection]).toEqual(['counted', 'keep-alive']);
    const again = await sender.upload(update, { headers: stay });
    expect([again.json.state, again.headers.connection]).toEqual(['repeated', 'close']);
    await expectRefusal(sender.upload(other, { headers: stay }), 409, 'conflict');
  });
});

describe('an upload that breaks off', () => {
  it('leaves nothing in the spool, and its client may send again', async () => {
    const large: typeof SIGNATURE = [{ name: 'w', shape: [300_000], dtype: 'float32' }];
    const update = encodedModel(1, large);
    const { server, sender, good, spool } = await openRound({}, { initialParameters: modelOf(0, large) });
    const outgoing = await halfAnUpload(server, sender, update);
    await until(async () => (await bytesBelow(spool)) > 0);
    outgoing.destroy();
    await until(async () => (await bytesBelow(spool)) === 0);
    expect(server.view().state).toMatchObject({ phase: 'fitting', waitingFor: ['good', 'sender'] });
    expect((await sender.upload(update)).json).toMatchObject({ state: 'counted' });
    await sender.leave();
    await expectRunGoesOn(server, good);
  });
});

describe('an upload that is cut', () => {
  it('behind any byte of its body counts for nothing, and whole counts once', async () => {
    const { server, sender, good, spool } = await openRound({ limits: { maxConcurrentUploads: 1000 } });
    const url = new URL('/v1/runs/v1/rounds/1/updates/sender', server.url);
    for (let at = 1; at < sound.length; at++) {
      const cut = request(url, { method: 'PUT', agent: false, headers: sender.uploadHeaders(sound) });
      cut.on('error', () => {});
      await new Promise((written) => cut.write(sound.subarray(0, at), written));
      cut.destroy();
    }
    await until(async () => (await sender.upload(sound)).status === 200);
    expect((await sender.upload(sound)).json).toMatchObject({ state: 'repeated' });
    expect(server.view().state).toMatchObject({ phase: 'fitting', waitingFor: ['good'] });
    await until(async () => (await bytesBelow(spool)) === sound.length);
    await sender.leave();
    await expectRunGoesOn(server, good);
    expect(server.view().history[0]!.failures).toEqual([]);
  });

  it.each(['OPTIONS', 'TRACE', 'POST', 'GET', 'DELETE'])('is no upload by %s', async (method) => {
    const { server, sender } = await openRound();
    const path = '/v1/runs/v1/rounds/1/updates/sender';
    const answer = await ask(server.url, path, { method, headers: sender.uploadHeaders(sound), body: sound });
    expect(server.view().state).toMatchObject({ waitingFor: ['good', 'sender'] });
    expect(answer.bytes.toString()).not.toContain('counted');
  });
});

describe('an update that comes more than once', () => {
  it('ten times is counted once and answered alike', async () => {
    const { server, sender, good } = await openRound();
    const states = [];
    for (let i = 0; i < 10; i++) states.push((await sender.upload(sound)).json.state);
    expect(states).toEqual(['counted', ...Array(9).fill('repeated')]);
    await sender.leave();
    await expectRunGoesOn(server, good);
    expect(server.view().history[0]!.participants).toHaveLength(2);
  });

  it('as its answer was lost with the connection, is counted once', async () => {
    const { server, sender, good } = await openRound();
    const url = new URL('/v1/runs/v1/rounds/1/updates/sender', server.url);
    const outgoing = request(url, { method: 'PUT', headers: sender.uploadHeaders(sound) });
    outgoing.on('error', () => {}).once('response', (response) => response.destroy());
    outgoing.end(sound);
    await until(() => !server.view().state.waitingFor.includes(sender.clientId));
    outgoing.destroy();
    expect((await sender.upload(sound)).json).toMatchObject({ state: 'repeated' });
    await sender.leave();
    await expectRunGoesOn(server, good);
    expect(server.view().history[0]!.participants).toHaveLength(2);
  });

  it('is repeated after its round has closed, too', async () => {
    const { server, sender, good } = await openRound();
    await sender.upload(sound);
    await sender.leave();
    await expectRunGoesOn(server, good);
    await sender.register();
    expect((await sender.upload(sound)).json).toMatchObject({ state: 'repeated' });
  });

  it('with other bytes is a conflict, and the first counts', async () => {
    const { server, sender, good } = await openRound();
    await sender.upload(sound);
    expect(await sender.upload(encodedModel(2))).toMatchObject({ status: 409, json: { code: 'conflict' } });
    await sender.leave();
    await takePart(server, good, { step: 3 });
    const { bytes } = await ask(server.url, `/v1/parameters/${server.view().published!.digest}`);
    expect(bytes).toEqual(encodedModel(2));
  });

  it('twice at once is counted once', async () => {
    const { sender } = await openRound();
    const answers = await Promise.all([sender.upload(sound), sender.upload(sound), sender.upload(sound)]);
    expect(answers.map(({ json }) => json.state).sort()).toEqual(['counted', 'repeated', 'repeated']);
  });

  it('twice at once is counted once even where it closes the round', async () => {
    const server = await startServer();
    const [client] = (await registered(server, 'client')) as [DoorClient];
    await client.next();
    const answers = await Promise.all([client.upload(sound), client.upload(sound), client.upload(sound)]);
    expect(answers.map(({ json }) => json.state).sort()).toEqual(['counted', 'repeated', 'repeated']);
  });

  it('twice at once with different bytes is counted once; the other is a conflict', async () => {
    const { server, sender, good } = await openRound();
    const answers = await Promise.all([sender.upload(sound), sender.upload(encodedModel(5))]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const counted = answers.find(({ status }) => status === 200)!.json.digest;
    await sender.leave();
    await expectRunGoesOn(server, good);
    expect(server.view().history[0]!.participants).toContainEqual({
      clientId: 'sender',
      numExamples: 1,
      digest: counted,
    });
  });

  it('late is stale-round and tells the current round', async () => {
    const { server, sender, good } = await openRound({ rounds: 2 });
    await sender.leave();
    expect((await good.next()).kind).toBe('fit');
    await good.upload(sound);
    expect((await good.next()).kind).toBe('evaluate');
    await sender.register();
    const late = await sender.upload(sound);
    expect(late).toMatchObject({
      status: 409,
      json: { code: 'stale-round', details: { round: 1, phase: 'evaluating' } },
    });
    await good.evaluation({ loss: 1, numExamples: 1 });
    expect(await good.next()).toMatchObject({ kind: 'fit', round: 2 });
    expect((await sender.upload(sound)).json).toMatchObject({ code: 'stale-round', details: { round: 2 } });
    expect(server.view().round).toBe(2);
  });
});
