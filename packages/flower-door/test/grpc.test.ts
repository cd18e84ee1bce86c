import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import { JOIN_PATH } from '@fedops/flower';
import { createParameters } from '@fedops/parameters';
import type { Clock } from '@fedops/server';
import { afterEach, expect, test } from '@jest/globals';
import { IDLE_MS } from '../src/grpc/idle-limit.js';
import { startFederation, until } from './federation.js';
import { fitAnswer, tensorsOf } from './flower-client.js';

const sessions: ClientHttp2Session[] = [];

afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
});

const CALL = { ':method': 'POST', ':path': JOIN_PATH, 'content-type': 'application/grpc', te: 'trailers' };

/** Sends what no gRPC library would, and resolves with the headers and trailers of the answer. */
async function call(doorUrl: string, headers: OutgoingHttpHeaders, bytes?: Uint8Array) {
  const session = connect(doorUrl.replace('grpc:', 'http:'));
  sessions.push(session);
  const request = session.request({ ...CALL, ...headers });
  if (bytes !== undefined) request.write(bytes);
  const answer: Record<string, unknown> = {};
  request.on('response', (fields) => Object.assign(answer, fields));
  request.on('trailers', (fields) => Object.assign(answer, fields));
  request.on('data', () => undefined);
  await new Promise((resolve, reject) => request.once('close', resolve).once('error', reject));
  return answer;
}

test.each([
  ['another path', { ':path': '/flwr.proto.FlowerService/Other' }, { ':status': 200, 'grpc-status': '12' }],
  ['what is no gRPC', { 'content-type': 'application/json' }, { ':status': 415 }],
  ['another method', { ':method': 'PUT' }, { ':status': 405 }],
])('refuses %s', async (_, headers, expected) => {
  const { doorUrl, server } = await startFederation();

  expect(await call(doorUrl, headers)).toMatchObject(expected);
  expect(server.view().clients).toEqual([]);
});

test('ends the stream of a client that compresses, naming what it may send', async () => {
  const { doorUrl } = await startFederation();
  const answer = await call(doorUrl, {}, Uint8Array.of(1, 0, 0, 0, 1, 9));

  expect(answer).toMatchObject({ 'grpc-accept-encoding': 'identity' });
  // Whether the stream is asked first or the message is read first, it ends with an error.
  expect(['3', '12']).toContain(answer['grpc-status']);
});

test('closes connections beyond those that it was told to take', async () => {
  const { doorUrl } = await startFederation({}, {}, { maxConnections: 1 });
  const [first, second] = [1, 2].map(() =>
    connect(doorUrl.replace('grpc:', 'http:')).on('error', () => undefined),
  );
  sessions.push(first!, second!);

  await new Promise((resolve) => second!.once('close', resolve));

  expect(first!.closed).toBe(false);
});

test('ends a connection on which no stream is opened', async () => {
  const idling: (() => void)[] = [];
  const clock: Clock = {
    now: () => 0,
    after(ms, callback) {
      if (ms === IDLE_MS) idling.push(callback);
      return { cancel: () => undefined };
    },
  };
  const { doorUrl } = await startFederation({}, {}, { clock });
  const session = connect(doorUrl.replace('grpc:', 'http:'));
  sessions.push(session);
  const closed = new Promise((resolve) => session.once('close', resolve));
  await until(() => idling.length === 1);

  idling[0]!();

  await closed;
});

test('takes a name of bytes as the text that it is', async () => {
  const { doorUrl, server } = await startFederation({ selection: { minConnected: 9 } });
  const ids = { 'fedops-client-id-bin': Buffer.from('pi-Küche').toString('base64') };
  void call(doorUrl, ids).catch(() => undefined);

  await until(() => server.view().clients.length === 1);

  expect(server.view().clients).toMatchObject([{ clientId: 'pi-Küche' }]);
});

test('what a client is told at the end may hold any character', async () => {
  const name = 'Küche 100% & mehr';
  const federation = await startFederation(
    { policy: { retries: 0 } },
    {
      initialParameters: createParameters([{ name, shape: [1], dtype: 'float32' }], [new Float32Array(1)]),
    },
  );
  const client = federation.client();
  await client.next();
  client.say(fitAnswer(tensorsOf(1, [[2]])));

  expect((await client.ended).details).toContain(name);
});
