import {
  FedOpsError,
  hasServerPort,
  type ManagerData,
  type PortAnswer,
  resolveServerAddress,
} from '@fedops/shared-types';
import type { ServerManager } from '../report/managers.js';
import type { ServerOverride } from './server-override.js';
import { assertAllowedServer, type ServerPolicy } from './server-policy.js';

/** Where to look for an FL server. */
export interface ServerSources {
  /** The body of a start, or what is configured in its place. */
  readonly data: Partial<Pick<ManagerData, 'server_ip' | 'server_url'>> | undefined;
  /** Asked for the port where the data name none. */
  readonly manager: ServerManager | undefined;
  readonly policy: ServerPolicy;
  readonly override: ServerOverride;
}

/**
 * Refuses at once what no manager's answer could mend.
 *
 * @throws {FedOpsError} `permission-denied` for a host that is not allowed; `invalid-argument` where the data give no
 *   port and there is no manager to ask.
 */
export function assertLocatable({ data, manager, policy, override }: ServerSources): void {
  if (override.kind === 'server') return;
  const named = data?.server_url ?? data?.server_ip;
  if (named !== undefined && override.kind === 'none') assertAllowedServer(named, policy);
  if (manager !== undefined || hasServerPort(data)) return;
  const missing = named === undefined ? 'address' : 'port';
  throw new FedOpsError(
    'invalid-argument',
    `no ${missing} of an FL server is given, and no server manager is configured`,
    {
      details: { missing },
    },
  );
}

/**
 * The base URL of the FL server, asked of the server manager where need be.
 *
 * @throws {FedOpsError} `permission-denied` for a host that is not allowed, whoever named it; `invalid-argument` where
 *   host or port stay unknown; what `getPort` throws.
 */
export async function locateServer(
  { data, manager, policy, override }: ServerSources,
  signal: AbortSignal,
): Promise<string> {
  if (override.kind === 'server') {
    assertAllowedServer(override.server, policy);
    return resolveServerAddress({ managerData: { server_ip: override.server } });
  }
  const needsPort = manager !== undefined && !hasServerPort(data);
  const portAnswer: PortAnswer | undefined = needsPort ? await manager.getPort({ signal }) : undefined;
  const named = resolveServerAddress({ managerData: data, portAnswer, managerUrl: manager?.baseUrl });
  const url = override.kind === 'host' ? withHost(named, override.host) : named;
  assertAllowedServer(url, policy);
  return url;
}

function withHost(baseUrl: string, host: string): string {
  const url = new URL(baseUrl);
  url.hostname = host;
  return url.href.replace(/\/$/, '');
}
