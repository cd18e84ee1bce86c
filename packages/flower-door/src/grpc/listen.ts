import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { JOIN_PATH } from '@fedops/flower';
import type { Clock } from '@fedops/server';
import { FedOpsError } from '@fedops/shared-types';
import type { FlowerStream } from '../client/flower-stream.js';
import { createGrpcStream, type GrpcStreamSettings } from './grpc-stream.js';
import { hostInUrl, isWildcard } from './host.js';
import { limitIdling } from './idle-limit.js';
import { keepAlive } from './keep-alive.js';
import { statusOfError } from './status-of-error.js';
import { endStream } from './stream-end.js';

/** Where to listen, how large messages may be, and how many connections there may be: others are closed at once. */
export interface ListenSettings extends GrpcStreamSettings {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  readonly clock: Clock;
  readonly tls: { readonly key: string | Buffer; readonly cert: string | Buffer } | undefined;
}

/** A gRPC server that takes streams. */
export interface Listener {
  /** `grpc://…`, or `grpcs://…` over TLS; loopback for a listener on all addresses. */
  readonly url: string;
  /** Takes no more streams, and ends within a second those that are left. */
  close(): Promise<void>;
}

/** What a client may send before it is read: HTTP/2's own 64 KiB make one that is far away wait for each of them. */
const WINDOW_BYTES = 256 * 1024;

/** As much as Node reads at a time, in one piece instead of four. */
const FRAME_BYTES = 64 * 1024;

/**
 * Python's clients have a connection each, but for those of one process. Nobody who keeps the settings of HTTP/2 is
 * refused: further streams wait at their client. Without a bound, streams that nobody reads cost a server its memory.
 */
const MAX_STREAMS = 100;

/** Node's own bound of what a connection may take; it also counts what waits to be sent. */
const SESSION_MB = 10;

/**
 * Clients that come back all at once wait here until they are taken; one that finds no room tries again a second or
 * more later, and Node's own 511 are soon full. The system has a bound of its own (`net.core.somaxconn`).
 */
const BACKLOG = 4_096;

/** Streams beyond these bounds are refused; a connection that goes on opening them is ended. */
function sessionLimits(maxMessageBytes: number): ServerOptions {
  return {
    settings: {
      initialWindowSize: WINDOW_BYTES,
      maxFrameSize: FRAME_BYTES,
      enablePush: false,
      maxConcurrentStreams: MAX_STREAMS,
    },
    // Node counts a message that waits on each of its streams, although all share its bytes.
    maxSessionMemory: SESSION_MB + Math.ceil((MAX_STREAMS * maxMessageBytes) / 1e6),
  };
}

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
  const { host, port, tls, maxConnections, maxMessageBytes, clock } = settings;
  const server = serverFor(tls, sessionLimits(maxMessageBytes));
  server.maxConnections = maxConnections;
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session: ServerHttp2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // The streams of a connection that breaks say so themselves.
    session.on('error', () => undefined);
    // For all its streams together: each has a window of its own.
    session.setLocalWindowSize(WINDOW_BYTES);
    keepAlive(session);
    limitIdling(session, clock);
  });
  server.on('stream', (http2: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    if (accepts(http2, headers)) serve(createGrpcStream(http2, headers, settings));
  });
  const boundPort = await bind(server, host, port);
  const reachable = isWildcard(host) ? '127.0.0.1' : host;
  const scheme = tls === undefined ? 'grpc' : 'grpcs';
  return {
    url: `${scheme}://${hostInUrl(reachable)}:${boundPort}`,
    close: () => shutDown(server, sessions),
  };
}

function accepts(http2: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean {
  // A stream that is refused may break as well.
  http2.on('error', () => undefined);
  const isGrpc = /^application\/grpc(?:[+;]|$)/.test(headers['content-type'] ?? '');
  if (!isGrpc || headers[':method'] !== 'POST') {
    http2.respond({ ':status': isGrpc ? 405 : 415 }, { endStream: true });
    return false;
  }
  if (headers[':path'] !== JOIN_PATH) {
    endStream(http2, statusOfError(new FedOpsError('unsupported', `this server has ${JOIN_PATH} alone`)));
    return false;
  }
  return true;
}

/** For the last bytes of streams that have ended. */
const FLUSH_MS = 1_000;

function shutDown(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      for (const session of sessions) session.destroy();
    }, FLUSH_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    for (const session of sessions) session.close();
  });
}

function serverFor(tls: ListenSettings['tls'], options: ServerOptions): Http2Server {
  if (tls === undefined) return createServer(options);
  try {
    return createSecureServer({ ...options, key: tls.key, cert: tls.cert });
  } catch (cause) {
    throw new FedOpsError('invalid-argument', 'tls: expected a private key and its certificate in PEM', {
      cause,
    });
  }
}

function bind(server: Http2Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) => {
      const code = cause.code === 'EADDRINUSE' ? 'unavailable' : 'invalid-argument';
      reject(
        new FedOpsError(code, `cannot listen on ${hostInUrl(host)}:${port}: ${cause.message}`, { cause }),
      );
    };
    server.once('error', refuse);
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port, backlog: BACKLOG }, () => {
      server.off('error', refuse);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
