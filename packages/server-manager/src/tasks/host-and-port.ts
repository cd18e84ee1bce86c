/** The port that a URL leads to, also where it leaves it out. */
export function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

/** `host:port` of a URL, also where it leaves the port out; IPv6 in brackets. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${portOf(url)}`;
}
