import type { IncomingMessage, ServerResponse } from 'node:http';
import { networkInterfaces } from 'node:os';
import { canonicalHost, isWildcard } from './host-name.js';
import { decideRequest, guardRules } from './request-guard.js';

/** Under which names a service is asked, and by whose web pages. */
export interface GuardSettings {
  /** `host` (any port) or `host:port` under which the service is known besides its own address; no wildcards. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may use the service, such as `https://dashboard.example`. */
  readonly allowedOrigins: readonly string[];
  /** What the service listens on, as given to `listen`. */
  readonly listenHost: string;
}

const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const ALLOWED_HEADERS =
  'Authorization, Content-Type, Content-Digest, FedOps-Update, If-None-Match, If-Range, Range, Last-Event-ID';
const EXPOSED_HEADERS = 'ETag, Retry-After, Content-Range, Accept-Ranges';
const PREFLIGHT_SECONDS = 600;

/** What a service does with each request before anything else: a handler of Express, and of `node:http` alone. */
export type RequestGuard = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * A handler that keeps web pages out: known hosts only, listed origins only, and those get CORS answers.
 *
 * Mount it first. It passes refusals on as errors: `permission-denied` for a foreign `Host`, an origin that is not
 * listed or a request of another site's page; `invalid-argument` for a missing, malformed or doubled `Host`.
 *
 * @throws {FedOpsError} `invalid-argument` for a setting that is no host or no origin.
 */
export function guardRequests({ allowedHosts, allowedOrigins, listenHost }: GuardSettings): RequestGuard {
  const rules = guardRules(allowedHosts, allowedOrigins);
  const listenAddress = [canonicalHost(listenHost)];
  const ownAddresses = isWildcard(listenHost) ? interfaceAddresses : () => listenAddress;

  return (request, response, next) => {
    response.appendHeader('Vary', 'Origin');
    const decision = decideRequest(originOf(request), rules, ownAddresses());
    switch (decision.kind) {
      case 'refuse':
        return next(decision.error);
      case 'pass':
        return next();
      case 'pass-cross-origin': {
        response.setHeader('Access-Control-Allow-Origin', decision.origin);
        response.setHeader('Access-Control-Expose-Headers', EXPOSED_HEADERS);
        return isPreflight(request) ? answerPreflight(request, response) : next();
      }
    }
  };
}

function originOf({ headers, rawHeaders }: IncomingMessage) {
  // `headers` holds the first of several hosts, and says nothing of the others.
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === 'host');
  const [secFetchSite] = headers['sec-fetch-site']?.toString().split(',') ?? [];
  return { hosts, origin: headers.origin, secFetchSite };
}

function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function answerPreflight({ headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Methods', ALLOWED_METHODS);
  response.setHeader('Access-Control-Allow-Headers', ALLOWED_HEADERS);
  response.setHeader('Access-Control-Max-Age', String(PREFLIGHT_SECONDS));
  if (headers['access-control-request-private-network'] === 'true') {
    response.setHeader('Access-Control-Allow-Private-Network', 'true');
  }
  response.writeHead(204).end();
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => canonicalHost(address));
}
