import { JOIN_PATH } from '@fedops/flower';
import { FedOpsError } from '@fedops/shared-types';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { FlowerStream } from '../client/flower-stream.js';
import { createGrpcStream, type JoinCall } from './grpc-stream.js';
import { hostInUrl, isWildcard } from './host.js';

/** Where to listen, and how large messages may be. */
export interface ListenSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | undefined;
  readonly maxMessageBytes: number;
}

/** A gRPC server that takes streams. */
export interface Listener {
  /** `grpc://…`, or `grpcs://…` over TLS; loopback for a listener on all addresses. */
  readonly url: string;
  /** Takes no more streams, and ends within a second those that are left. */
  close(): Promise<void>;
}

/** A connection over which nothing answers for so long is dead: a client's machine may vanish without a word. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 60_000, 'grpc.keepalive_timeout_ms': 60_000 };

const identity = (bytes: Buffer) => bytes;

/**
 * Serves `FlowerService/Join` and resolves once it takes streams.
 *
 * @throws {FedOpsError} `invalid-argument` for a bad certificate or a host that is none of this machine;
 *   `unavailable` for a port in use.
 */
export async function listen(
  settings: ListenSettings,
  serve: (stream: FlowerStream) => void,
): Promise<Listener> {
  const { host, port, tls, maxMessageBytes } = settings;
  const server = new Server({
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': -1,
    'grpc.so_reuseport': 0,
    ...KEEPALIVE,
  });
  const join = {
    path: JOIN_PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
  server.addService({ Join: join }, { Join: (call: JoinCall) => serve(createGrpcStream(call)) });
  const boundPort = await bind(server, `${hostInUrl(host)}:${port}`, credentialsOf(tls));
  const reachable = isWildcard(host) ? '127.0.0.1' : host;
  const scheme = tls === undefined ? 'grpc' : 'grpcs';
  return { url: `${scheme}://${hostInUrl(reachable)}:${boundPort}`, close: () => shutDown(server) };
}

/** For the last bytes of streams that have ended. */
const FLUSH_MS = 1_000;

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), FLUSH_MS);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function credentialsOf(tls: ListenSettings['tls']): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  try {
    const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.cert) };
    return ServerCredentials.createSsl(null, [pair]);
  } catch (cause) {
    throw new FedOpsError('invalid-argument', 'tls: expected a private key and its certificate in PEM', {
      cause,
    });
  }
}

function bind(server: Server, address: string, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) return resolve(port);
      const isTaken = error.message.includes('EADDRINUSE');
      const code = isTaken ? 'unavailable' : 'invalid-argument';
      reject(new FedOpsError(code, `cannot listen on ${address}: ${error.message}`, { cause: error }));
    });
  });
}
