/** Whether only this machine reaches what listens on this host. */
export function isLoopback(host: string): boolean {
  const bare = withoutBrackets(host).toLowerCase();
  return bare === 'localhost' || bare === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}

/** Whether this host stands for all addresses of the machine. */
export function isWildcard(host: string): boolean {
  const bare = withoutBrackets(host);
  return bare === '0.0.0.0' || bare === '::';
}

/** The host as it stands in front of a port: an IPv6 address in brackets. */
export function hostInUrl(host: string): string {
  const bare = withoutBrackets(host);
  return bare.includes(':') ? `[${bare}]` : bare;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
