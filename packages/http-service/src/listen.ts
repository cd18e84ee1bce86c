import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { FedOpsError } from '@fedops/shared-types';
import { closeServer, trackConnections } from './close-server.js';
import { parserErrorAnswer } from './error-answer.js';
import { hostInUrl, isWildcard } from './host-name.js';
import { listenError } from './listen-error.js';
import { exposureWarning } from './listening-rule.js';
import type { Logger } from './logger.js';
import { boundRest } from './rest-of-body.js';

/** Where a service listens, and how it is secured there. */
export interface ListenSettings {
  /** `127.0.0.1` by default. */
  readonly host?: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Certificate and private key in PEM. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
  /** Whether the service asks its callers for credentials. */
  readonly credentials: boolean;
  /** Needed to listen beyond loopback without credentials or without TLS. */
  readonly insecure?: boolean;
  /** A request, body included, must arrive within; 300 s by default, 0 for no limit. */
  readonly requestTimeoutMs?: number;
  /** Further connections are closed at once; 50,000 by default. Each costs one of the files that a process may open. */
  readonly maxConnections?: number;
}

/** A service that takes requests. */
export interface Listener {
  /** Where this machine reaches it: loopback for a listener on all addresses. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /**
   * Takes no more connections, closes idle ones at once and the others after `graceMs` (5 s by default).
   * Safe to call twice.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** How long requests under way may go on after a close; milliseconds. */
export interface CloseOptions {
  readonly graceMs?: number;
}

const DEFAULT_GRACE_MS = 5_000;

/** Also for a connection that says nothing, and for the handshake of TLS. */
const HEADERS_WITHIN_MS = 10_000;
/** Two for each of 20,000 devices, a poll and what they send beside it, and room for others. */
const MAX_CONNECTIONS = 50_000;
/**
 * Clients that come back all at once wait here until they are taken; one that finds no room tries again a second or
 * more later, and Node's own 511 are soon full. The system has a bound of its own (`net.core.somaxconn`).
 */
const BACKLOG = 4_096;
const CHECKED_EVERY_MS = 5_000;
/** A cut loses an answer that is under way, so it waits until that has come to all but the slowest. */
const ANSWER_READ_WITHIN_MS = 1_000;

const LIMITS: ServerOptions = {
  // Longer than the idle time of common proxies (60 s), so that they never reuse a connection that we just closed.
  keepAliveTimeout: 65_000,
  // The header FedOps-Update may take 8 KiB: docs/protocol.md 1.5.
  maxHeaderSize: 16 * 1024,
  // guardRequests answers for it, with a body.
  requireHostHeader: false,
};

/**
 * Serves an app and resolves once it takes requests.
 *
 * @throws {FedOpsError} `invalid-argument` for a port or host that cannot be, a bad certificate, or a listener beyond
 *   loopback that is neither secured nor `insecure`; `unavailable` for a port in use; `permission-denied` for a port
 *   that this user may not take.
 */
export async function listen(
  app: RequestListener,
  settings: ListenSettings,
  { logger }: { readonly logger: Logger },
): Promise<Listener> {
  const { host = '127.0.0.1', port, tls, credentials, insecure = false } = settings;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new FedOpsError('invalid-argument', `port: expected 0 to 65535, got ${port}`);
  }
  const warning = exposureWarning({ host, credentials, tls: tls !== undefined, insecure });
  const server = serverFor(app, settings);
  const connections = trackConnections(server);
  server.maxConnections = settings.maxConnections ?? MAX_CONNECTIONS;
  server.once('drop', () => {
    const { maxConnections } = server;
    logger.warn({ maxConnections }, 'no more connections are taken than these; told once');
  });
  await bind(server, host, port);
  if (warning !== undefined) logger.warn({ host }, warning);

  const { port: boundPort } = server.address() as AddressInfo;
  const reachable = isWildcard(host) ? '127.0.0.1' : host;
  const url = `${tls === undefined ? 'http' : 'https'}://${hostInUrl(reachable)}:${boundPort}`;
  logger.info({ url, host }, 'listening');

  let closed: Promise<void> | undefined;
  return {
    url,
    host,
    port: boundPort,
    close: ({ graceMs = DEFAULT_GRACE_MS } = {}) => {
      closed ??= closeServer(server, connections, graceMs);
      return closed;
    },
  };
}

function serverFor(app: RequestListener, { tls, requestTimeoutMs = 300_000 }: ListenSettings): Server {
  const limits = { ...LIMITS, ...timeLimits(requestTimeoutMs) };
  try {
    const server =
      tls === undefined
        ? createServer(limits)
        : createTlsServer({ ...limits, handshakeTimeout: HEADERS_WITHIN_MS, key: tls.key, cert: tls.cert });
    return server
      .on('request', boundRest)
      .on('request', app)
      .on('checkContinue', (request, response) => {
        askForBodyWhenRead(request, response);
        server.emit('request', request, response);
      })
      .on('clientError', answerParserError);
  } catch (cause) {
    throw new FedOpsError('invalid-argument', 'tls: expected a private key and its certificate in PEM', {
      cause,
    });
  }
}

/** Who asks first (`Expect: 100-continue`) is told to send when its body is wanted, and not before it is refused. */
function askForBodyWhenRead(request: IncomingMessage, response: ServerResponse): void {
  request.once('resume', () => {
    if (!response.headersSent) response.writeContinue();
  });
}

/** Headers are a part of the request, and Node looks after late ones only every so often. */
function timeLimits(requestTimeout: number): ServerOptions {
  const atMost = requestTimeout === 0 ? Number.POSITIVE_INFINITY : requestTimeout;
  return {
    requestTimeout,
    headersTimeout: Math.min(HEADERS_WITHIN_MS, atMost),
    connectionsCheckingInterval: Math.min(CHECKED_EVERY_MS, atMost),
  };
}

function bind(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once('error', fail);
    server.listen({ host: host.replace(/^\[|\]$/g, ''), port, backlog: BACKLOG }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

function answerParserError(error: NodeJS.ErrnoException, socket: Socket | NodeJS.WritableStream): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    if ('destroy' in socket) socket.destroy();
    return;
  }
  const { status, body } = parserErrorAnswer(error.code);
  const json = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n` +
      `Connection: close\r\n\r\n${json}`,
  );
  // Who goes on sending would hold the connection, and whoever reads from it, for ever.
  const cut = setTimeout(() => {
    if ('destroy' in socket) socket.destroy();
  }, ANSWER_READ_WITHIN_MS).unref();
  socket.once('close', () => clearTimeout(cut));
}
