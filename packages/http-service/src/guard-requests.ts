import { networkInterfaces } from 'node:os';
import type { Request, RequestHandler, Response } from 'express';
import { canonicalHost, isWildcard } from './host-name.js';
import { decideRequest, guardRules } from './request-guard.js';

export interface GuardSettings {
  /** `host` (any port) or `host:port` under which the service is known besides its own address; no wildcards. */
  readonly allowedHosts: readonly string[];
  /** Origins of web pages that may use the service, such as `https://dashboard.example`. */
  readonly allowedOrigins: readonly string[];
  /** What the service listens on, as given to `listen`. */
  readonly listenHost: string;
}

const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, DELETE';
const ALLOWED_HEADERS = 'Authorization, Content-Type, Content-Digest, FedOps-Update, If-None-Match';
const EXPOSED_HEADERS = 'ETag, Retry-After';
const PREFLIGHT_SECONDS = 600;

/**
 * A handler that keeps web pages out: known hosts only, listed origins only, and those get CORS answers.
 *
 * Mount it first. It passes refusals on as errors: `permission-denied` for a foreign `Host`, an origin that is not
 * listed or a request of another site's page; `invalid-argument` for a missing, malformed or doubled `Host`.
 *
 * @throws {FedOpsError} `invalid-argument` for a setting that is no host or no origin.
 */
export function guardRequests({ allowedHosts, allowedOrigins, listenHost }: GuardSettings): RequestHandler {
  const rules = guardRules(allowedHosts, allowedOrigins);
  const listenAddress = [canonicalHost(listenHost)];
  const ownAddresses = isWildcard(listenHost) ? interfaceAddresses : () => listenAddress;

  return (request, response, next) => {
    response.vary('Origin');
    const decision = decideRequest(originOf(request), rules, ownAddresses());
    switch (decision.kind) {
      case 'refuse':
        return next(decision.error);
      case 'pass':
        return next();
      case 'pass-cross-origin': {
        response.set({
          'Access-Control-Allow-Origin': decision.origin,
          'Access-Control-Expose-Headers': EXPOSED_HEADERS,
        });
        return isPreflight(request) ? answerPreflight(request, response) : next();
      }
    }
  };
}

function originOf(request: Request) {
  const { host = [], 'sec-fetch-site': sites = [] } = request.headersDistinct;
  return { hosts: host, origin: request.headers.origin, secFetchSite: sites[0] };
}

function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

function answerPreflight(request: Request, response: Response): void {
  response.set({
    'Access-Control-Allow-Methods': ALLOWED_METHODS,
    'Access-Control-Allow-Headers': ALLOWED_HEADERS,
    'Access-Control-Max-Age': String(PREFLIGHT_SECONDS),
  });
  if (request.headers['access-control-request-private-network'] === 'true') {
    response.set('Access-Control-Allow-Private-Network', 'true');
  }
  response.status(204).end();
}

function interfaceAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => canonicalHost(address));
}
