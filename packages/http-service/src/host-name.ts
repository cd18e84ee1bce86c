import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** A host, and the port where one was given; the name in lower case, an IPv6 address without brackets. */
export interface HostAndPort {
  readonly name: string;
  readonly port: number | undefined;
}

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i;

/** Reads `host`, `host:port`, `[v6]` or `[v6]:port`; undefined for everything else. */
export function readAuthority(text: string): HostAndPort | undefined {
  const match = AUTHORITY.exec(text);
  if (match === null) return undefined;
  const [, v6, name, digits] = match;
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && port > 65_535) return undefined;
  if (v6 !== undefined) return isIPv6(v6) ? { name: canonicalHost(v6), port } : undefined;
  return name === undefined ? undefined : { name: canonicalHost(name), port };
}

/** One spelling of a host: lower case, no final dot, IPv6 without brackets and in its short form. */
export function canonicalHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  if (isIPv6(bare)) {
    const withoutZone = bare.replace(/%.*$/, '');
    return new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  }
  return bare.toLowerCase().replace(/\.$/, '');
}

/** True for hosts that never leave this machine: localhost, 127.0.0.0/8, ::1. */
export function isLoopback(host: string): boolean {
  const name = canonicalHost(host);
  if (name === 'localhost') return true;
  if (isIPv4(name)) return LOOPBACK.check(name, 'ipv4');
  return isIPv6(name) && LOOPBACK.check(name, 'ipv6');
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** True where a listener takes what arrives at any address of this machine. */
export function isWildcard(host: string): boolean {
  const name = canonicalHost(host);
  return name === '0.0.0.0' || name === '::';
}

/** The host as it stands in a URL. */
export function hostInUrl(host: string): string {
  const name = canonicalHost(host);
  return isIPv6(name) ? `[${name}]` : name;
}
