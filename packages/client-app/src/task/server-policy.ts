import { isLoopback } from '@fedops/http-service';
import { FedOpsError, parseHostPort } from '@fedops/shared-types';

/** Hosts of FL servers that a start may connect to, besides loopback. */
export interface ServerPolicy {
  readonly hosts: ReadonlySet<string>;
}

/**
 * A policy from host names, `host:port` (the port does not count) and base URLs.
 *
 * @throws {FedOpsError} `invalid-argument` for an entry that is none of these.
 */
export function serverPolicy(entries: readonly string[]): ServerPolicy {
  return { hosts: new Set(entries.map(hostOf)) };
}

/**
 * Lets through what the policy allows.
 *
 * @param server `host`, `host:port` or a base URL, whoever named it.
 * @throws {FedOpsError} `permission-denied` for another host; `invalid-argument` for what names no host.
 */
export function assertAllowedServer(server: string, { hosts }: ServerPolicy): void {
  const host = hostOf(server);
  if (hosts.has(host) || isLoopback(host)) return;
  throw new FedOpsError(
    'permission-denied',
    `this client does not connect to ${host}; allow it in allowedHosts`,
    {
      details: { host },
    },
  );
}

function hostOf(text: string): string {
  if (/^https?:\/\//i.test(text) && URL.canParse(text)) return new URL(text).hostname;
  const parsed = parseHostPort(text);
  if (parsed !== undefined) return parsed.host;
  throw new FedOpsError(
    'invalid-argument',
    `expected a host or a URL, got ${JSON.stringify(text.slice(0, 200))}`,
  );
}
