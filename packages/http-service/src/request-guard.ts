import { FedOpsError } from '@fedops/shared-types';
import { canonicalHost, type HostAndPort, isLoopback, readAuthority } from './host-name.js';

/** What the headers of a request say about who sends it. */
export interface RequestOrigin {
  /** Every `Host` header; a sound request has one. */
  readonly hosts: readonly string[];
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
}

/** Which hosts and origins are known besides the service's own addresses. */
export interface GuardRules {
  /** `host` for every port, or `host:port`. */
  readonly hosts: readonly HostAndPort[];
  /** Serialised origins, such as `https://dashboard.example`. */
  readonly origins: ReadonlySet<string>;
}

/** What becomes of a request. */
export type GuardDecision =
  | { readonly kind: 'pass' }
  | { readonly kind: 'pass-cross-origin'; readonly origin: string }
  | { readonly kind: 'refuse'; readonly error: FedOpsError };

const PASS: GuardDecision = { kind: 'pass' };

/**
 * Whether a request may come in.
 *
 * `Host` stops a page whose name was made to resolve to this machine; `Origin` stops a page that posts here as
 * itself; `Sec-Fetch-Site` stops what a browser sends without an Origin: images, forms by GET, links.
 */
export function decideRequest(
  request: RequestOrigin,
  rules: GuardRules,
  ownAddresses: readonly string[],
): GuardDecision {
  const [host, ...more] = request.hosts;
  const authority = host === undefined || more.length > 0 ? undefined : readAuthority(host);
  if (authority === undefined) return refuse('invalid-argument', 'expected one well-formed Host header');
  if (!isKnownHost(authority, rules.hosts, ownAddresses)) {
    return refuse(
      'permission-denied',
      `host ${authority.name} is not one of this service's; allow it in its settings`,
    );
  }
  if (request.origin !== undefined) {
    return rules.origins.has(request.origin)
      ? { kind: 'pass-cross-origin', origin: request.origin }
      : refuse('permission-denied', 'pages of this origin may not use this service');
  }
  return request.secFetchSite === 'cross-site' || request.secFetchSite === 'same-site'
    ? refuse('permission-denied', 'pages of another site may not use this service')
    : PASS;
}

function isKnownHost(
  host: HostAndPort,
  allowed: readonly HostAndPort[],
  ownAddresses: readonly string[],
): boolean {
  if (ownAddresses.includes(host.name) || isLoopback(host.name)) return true;
  return allowed.some(({ name, port }) => name === host.name && (port === undefined || port === host.port));
}

function refuse(code: 'invalid-argument' | 'permission-denied', message: string): GuardDecision {
  return { kind: 'refuse', error: new FedOpsError(code, message) };
}

/**
 * Rules from settings.
 *
 * @throws {FedOpsError} `invalid-argument` for an entry that is no host or no origin.
 */
export function guardRules(allowedHosts: readonly string[], allowedOrigins: readonly string[]): GuardRules {
  return {
    hosts: allowedHosts.map(readAllowedHost),
    origins: new Set(allowedOrigins.map(readAllowedOrigin)),
  };
}

function readAllowedHost(text: string): HostAndPort {
  const authority = readAuthority(text) ?? readAuthority(`[${text}]`);
  if (authority !== undefined) return authority;
  throw new FedOpsError(
    'invalid-argument',
    `allowed host: expected host or host:port, got ${JSON.stringify(text)}`,
  );
}

function readAllowedOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url !== undefined &&
    url.origin !== 'null' &&
    url.pathname === '/' &&
    canonicalHost(url.hostname) !== ''
  ) {
    return url.origin;
  }
  throw new FedOpsError(
    'invalid-argument',
    `allowed origin: expected scheme://host, got ${JSON.stringify(text)}`,
  );
}
