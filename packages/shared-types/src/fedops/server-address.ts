import { FedOpsError } from '../error.js';
import { type HostPort, isBaseUrl, parseHostPort } from './host-port.js';
import type { ManagerData } from './manager-data.js';
import type { PortAnswer } from './port-answer.js';

/** What is known of where a task's FL server is. */
export interface ServerAddressSources {
  /** The body of `/start`, or configuration in its form. */
  readonly managerData?: Partial<Pick<ManagerData, 'server_ip' | 'server_url'>> | undefined;
  readonly portAnswer?: PortAnswer | undefined;
  /** Base URL of the server manager, whose host the FL server shares where nobody says otherwise. */
  readonly managerUrl?: string | undefined;
}

/** True where these data alone say where the FL server is, so that no port need be asked for. */
export function hasServerPort(managerData: ServerAddressSources['managerData']): boolean {
  if (managerData?.server_url !== undefined) return true;
  return managerData?.server_ip !== undefined && portOf(managerData.server_ip) !== null;
}

/**
 * The base URL of a task's FL server, without a slash at its end: `http://10.0.0.5:40026`.
 *
 * `server_url` wins (that of the manager's data over that of the port answer), then `external_ip`,
 * then `server_ip`, then the host of the manager. A port in `server_ip` belongs to that host and wins over the
 * answered one there.
 *
 * @throws {FedOpsError} `invalid-argument` where no host or no port is known; `details.missing` says which.
 */
export function resolveServerAddress(sources: ServerAddressSources): string {
  const { managerData, portAnswer, managerUrl } = sources;
  const url = managerData?.server_url ?? portAnswer?.server_url;
  if (url !== undefined) return withoutTrailingSlash(url);

  if (portAnswer?.external_ip !== undefined) return address(hostOf(portAnswer.external_ip), portAnswer.port);
  if (managerData?.server_ip !== undefined) {
    const port = portOf(managerData.server_ip) ?? portAnswer?.port;
    return address(hostOf(managerData.server_ip), port);
  }
  if (managerUrl !== undefined) return address(new URL(managerUrl).hostname, portAnswer?.port);
  throw new FedOpsError('invalid-argument', 'no host is known for the FL server', {
    details: { missing: 'host' },
  });
}

function address(host: string, port: number | undefined): string {
  if (port === undefined) {
    throw new FedOpsError('invalid-argument', `no port is known for the FL server at ${host}`, {
      details: { missing: 'port', host },
    });
  }
  return `http://${host}:${port}`;
}

function hostOf(text: string): string {
  return hostPortOf(text).host;
}

function portOf(text: string): number | null {
  return hostPortOf(text).port;
}

function hostPortOf(text: string): HostPort {
  const parsed = parseHostPort(text);
  if (parsed !== undefined) return parsed;
  throw new FedOpsError('invalid-argument', 'expected host or host:port of the FL server', {
    details: { missing: 'host' },
  });
}

function withoutTrailingSlash(url: string): string {
  if (!isBaseUrl(url)) throw new FedOpsError('invalid-argument', 'server_url: expected an http or https URL');
  return new URL(url).href.replace(/\/+$/, '');
}
