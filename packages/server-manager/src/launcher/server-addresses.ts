import type { ResolvedManagerSettings } from '../settings.js';

/** Where clients reach FL servers, by port. */
export interface ServerAddresses {
  /** Base URL of an FL server. */
  serverUrl(port: number): string;
  /** `host:port` of its door for Flower's clients. */
  flowerAddress(port: number): string;
}

export function serverAddresses({
  host,
  publicHost,
  tls,
}: Pick<ResolvedManagerSettings['servers'], 'host' | 'publicHost' | 'tls'>): ServerAddresses {
  const scheme = tls === undefined ? 'http' : 'https';
  const name = hostInUrl(publicHost ?? reachable(host));
  return {
    serverUrl: (port) => `${scheme}://${name}:${port}`,
    flowerAddress: (port) => `${name}:${port}`,
  };
}

/** A listener on all addresses is reached here by loopback. */
function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

function hostInUrl(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
