import { JOIN_PATH } from '@fedops/flower';
import { FedOpsError } from '@fedops/shared-types';
import { type ChannelCredentials, Client, Metadata, type StatusObject } from '@grpc/grpc-js';
import { errorOfStatus } from './error-of-status.js';
import type { ServerStream } from './server-stream.js';

/** How to open a stream. */
export interface GrpcStreamSettings {
  readonly target: string;
  readonly credentials: ChannelCredentials;
  /** Names the client, for servers that look at it; Flower's own does not. */
  readonly clientId: string;
  readonly maxMessageBytes: number;
  readonly connectMs: number;
}

/**
 * A server that vanished without a word is noticed by this. Not more often: servers built on gRPC's C core end a
 * connection that is pinged more often than every five minutes without data.
 */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 330_000, 'grpc.keepalive_timeout_ms': 20_000 };

const CLOSE_MS = 1_000;

/**
 * Opens the stream of `FlowerService/Join`.
 *
 * @throws {FedOpsError} `unavailable` where nobody answers; the signal's reason when that aborts.
 */
export async function openGrpcStream(
  settings: GrpcStreamSettings,
  signal: AbortSignal,
): Promise<ServerStream> {
  const { target, credentials, clientId, maxMessageBytes, connectMs } = settings;
  const client = new Client(target, credentials, {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    // A channel of its own, so that closing it closes the connection.
    'grpc.use_local_subchannel_pool': 1,
    ...KEEPALIVE,
  });
  try {
    await untilReady(client, target, connectMs, signal);
  } catch (error) {
    client.close();
    throw error;
  }
  const metadata = new Metadata();
  // Ids are free text, and only values of keys that end in -bin may be.
  metadata.set('fedops-client-id-bin', Buffer.from(clientId));
  return streamOver(client, metadata);
}

function untilReady(client: Client, target: string, connectMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    client.waitForReady(Date.now() + connectMs, (cause) => {
      signal.removeEventListener('abort', abort);
      if (cause === undefined || cause === null) return resolve();
      reject(new FedOpsError('unavailable', `no Flower server answers at ${target}`, { cause }));
    });
  });
}

const identity = (bytes: Buffer) => bytes;

function streamOver(client: Client, metadata: Metadata): ServerStream {
  const call = client.makeBidiStreamRequest<Buffer, Buffer>(JOIN_PATH, identity, identity, metadata);
  const arrived: Uint8Array[] = [];
  const listeners = new Set<() => void>();
  let over: FedOpsError | undefined;

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }
  call.on('data', (message: Buffer) => {
    arrived.push(message);
    tell();
  });
  // The status says it all; without a listener the error would end the process.
  call.on('error', () => {});
  call.on('status', (status: StatusObject) => {
    over ??= errorOfStatus(status);
    tell();
  });

  return {
    next: (waitMs, signal) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: () => void) => {
          listeners.delete(look);
          clearTimeout(timer);
          signal.removeEventListener('abort', abort);
          outcome();
        };
        const look = () => {
          const message = arrived.shift();
          if (message !== undefined) settle(() => resolve(message));
          else if (over !== undefined) settle(() => reject(over));
        };
        const abort = () => settle(() => reject(signal.reason));
        const timer = setTimeout(() => settle(() => resolve(undefined)), waitMs);
        listeners.add(look);
        signal.addEventListener('abort', abort, { once: true });
        if (signal.aborted) abort();
        else look();
      }),
    send: (message) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (over === undefined) return;
          listeners.delete(look);
          reject(over);
        };
        listeners.add(look);
        look();
        if (over !== undefined) return;
        call.write(Buffer.from(message.buffer, message.byteOffset, message.byteLength), () => {
          listeners.delete(look);
          resolve();
        });
      }),
    reason: () => over,
    close: () =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          client.close();
          resolve();
        };
        const timer = setTimeout(() => call.cancel(), CLOSE_MS);
        if (over !== undefined) return done();
        call.on('status', done);
        call.end();
      }),
  };
}
