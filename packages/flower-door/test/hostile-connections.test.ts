import { constants } from 'node:http2';
import { JOIN_PATH } from '@fedops/flower';
import { createParameters } from '@fedops/parameters';
import { expect, test } from '@jest/globals';
import { closeLater, SHAPES, startFederation, until } from './federation.js';
import { connect, fitAnswer, join, tensorsOf } from './flower-client.js';
import { connectRaw, FRAME, frame, openStream, type RawConnection } from './raw-connection.js';

const MAX_STREAMS = 100;

const ofKind = ({ frames }: RawConnection, kind: number) => frames.filter((found) => found.kind === kind);

const resetCodes = (connection: RawConnection) =>
  ofKind(connection, FRAME.reset).map(({ payload }) => payload.readUInt32BE(0));

/** The nth stream of a client. */
const idOf = (n: number) => 2 * n + 1;

const joins = (from: number, to: number) =>
  Buffer.concat(Array.from({ length: to - from }, (_, index) => openStream(idOf(from + index), JOIN_PATH)));

test('ends a connection that opens more streams than it is told that it may', async () => {
  const { doorUrl, server } = await startFederation({ selection: { minConnected: 1_000 } });
  const connection = closeLater(await connectRaw(doorUrl));

  connection.socket.write(joins(0, MAX_STREAMS));
  await until(() => server.view().clients.length === MAX_STREAMS);
  connection.socket.write(joins(MAX_STREAMS, MAX_STREAMS + 1));

  await connection.closed;
  await until(() => server.view().clients.every(({ connection: now }) => now !== 'connected'));
});

test('lets further clients of one connection wait until a stream of it ends', async () => {
  const { doorUrl, server } = await startFederation({ selection: { minConnected: 1_000 } });
  const connection = closeLater(connect(doorUrl));
  const clients = Array.from({ length: MAX_STREAMS + 1 }, () => join(connection));
  await until(() => server.view().clients.length === MAX_STREAMS);

  clients[0]!.cancel();

  await until(() => server.view().clients.some(({ clientId }) => clientId === 'flower-000101'));
  for (const client of clients) client.cancel();
});

/** A model of 4 MB, which waits for clients that do not take it. */
const LARGE = createParameters(
  [{ name: 'large', shape: [1_000_000], dtype: 'float32' }],
  [new Float32Array(1_000_000)],
);

/** Streams of one connection that have been sent a model and take no more of it than HTTP/2 lets pass unasked. */
async function streamsThatTakeNothing(count: number, maxMessageBytes?: number) {
  const { doorUrl, server } = await startFederation(
    { selection: { minConnected: count } },
    { initialParameters: LARGE },
    maxMessageBytes === undefined ? {} : { maxMessageBytes },
  );
  const connection = closeLater(await connectRaw(doorUrl));
  connection.socket.write(joins(0, count));
  await until(() => ofKind(connection, FRAME.headers).length === count);
  return { connection, server };
}

test('refuses further streams of a connection on which more waits than its streams may have', async () => {
  const { connection, server } = await streamsThatTakeNothing(3, 1_000);

  connection.socket.write(joins(3, 4));

  await until(() => resetCodes(connection).length > 0);
  expect(resetCodes(connection)).toEqual([constants.NGHTTP2_ENHANCE_YOUR_CALM]);
  expect(server.view().clients).toHaveLength(3);
});

test('lets a client in on a connection whose other streams have not taken their models', async () => {
  const { connection, server } = await streamsThatTakeNothing(5);

  connection.socket.write(joins(5, 6));

  await until(() => server.view().clients.length === 6);
  expect(resetCodes(connection)).toEqual([]);
});

test('takes in a fraction of the streams that a connection opens and resets', async () => {
  const { doorUrl, server } = await startFederation({ selection: { minConnected: 1_000 } });
  const connection = closeLater(await connectRaw(doorUrl));
  const cancel = Buffer.of(0, 0, 0, constants.NGHTTP2_CANCEL);

  for (let n = 0; n < 10_000; n++) {
    connection.socket.write(Buffer.concat([joins(n, n + 1), frame(FRAME.reset, 0, idOf(n), cancel)]));
  }

  await until(() => ofKind(connection, FRAME.goAway).length > 0);
  const after = join(closeLater(connect(doorUrl)));
  await until(() => server.view().clients.some(({ connection: now }) => now === 'connected'));
  const [last] = server.view().clients.filter(({ connection: now }) => now === 'connected');
  expect(Number(last!.clientId.replace('flower-', ''))).toBeLessThan(5_000);
  after.cancel();
});

test.each([
  ['pings', frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
  ['settings', frame(FRAME.settings, 0, 0)],
])('ends a connection that sends %s and reads no answer', async (_, flood) => {
  const { doorUrl, client } = await startFederation();
  const connection = closeLater(await connectRaw(doorUrl));
  connection.socket.pause();
  const pieces = Buffer.concat(Array.from({ length: 1_000 }, () => flood));

  const flooding = setInterval(() => {
    if (connection.socket.writableLength < 1_000_000) connection.socket.write(pieces);
  }, 1);
  await connection.closed.finally(() => clearInterval(flooding));

  const good = client();
  expect((await good.next()).kind).toBe('fit');
  good.say(fitAnswer(tensorsOf(1, SHAPES)));
  expect((await good.next()).kind).toBe('evaluate');
});
