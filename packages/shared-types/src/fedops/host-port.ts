/** A host as URLs write it (IPv6 in brackets, names in lower case), and the port where one was given. */
export interface HostPort {
  readonly host: string;
  readonly port: number | null;
}

const NAME_OR_BRACKETS = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/?#@%\\[\]]+)(?::(\d{1,5}))?$/;
const BARE_IPV6 = /^[0-9A-Fa-f]*:[0-9A-Fa-f:.]+$/;

/**
 * Reads `host`, `host:port`, `[ipv6]`, `[ipv6]:port` or a bare IPv6 address; undefined for anything else.
 *
 * The host comes back as the URL standard spells it, so `0x7f.1` reads `127.0.0.1` and a list of
 * allowed hosts cannot be passed by another spelling.
 */
export function parseHostPort(text: string): HostPort | undefined {
  const match = NAME_OR_BRACKETS.exec(text);
  const host = match?.[1] ?? (BARE_IPV6.test(text) ? `[${text}]` : undefined);
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined;
  const port = match?.[2] === undefined ? null : Number(match[2]);
  if (port !== null && (port < 1 || port > 65_535)) return undefined;
  return { host: new URL(`http://${host}`).hostname, port };
}

/** True for an http or https URL that names a service: no credentials, query or fragment. */
export function isBaseUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s?#]+$/i.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}
