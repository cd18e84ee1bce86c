export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';

const ANY_METHOD: ReadonlySet<number> = new Set([307, 308]);
const GET_ONLY: ReadonlySet<number> = new Set([301, 302, 303]);

/**
 * Where a redirect leads: the URL to ask instead, `refused` where it must not be followed (another origin, or a
 * status that would turn a change into a GET), or undefined for an answer that is no redirect.
 *
 * Only the same scheme, host and port: a token, and what the body says of a device, stay with whom they are for.
 */
export function redirectTarget(
  from: URL,
  method: Method,
  reply: { readonly status: number; readonly location: string | undefined },
): URL | 'refused' | undefined {
  const { status, location } = reply;
  if (!ANY_METHOD.has(status) && !GET_ONLY.has(status)) return undefined;
  if (location === undefined || !URL.canParse(location, from.href)) return 'refused';
  if (method !== 'GET' && !ANY_METHOD.has(status)) return 'refused';
  const target = new URL(location, from);
  const isSafe = target.origin === from.origin && target.username === '' && target.password === '';
  return isSafe ? target : 'refused';
}
