/** A service of FedOps, by what it answers. */
export type Service = 'server manager' | 'FL server' | 'client manager' | 'client app';

const WITHIN_MS = 1_500;

/** Which service of FedOps answers at a base URL; undefined where none does. Asks what needs no token. */
export async function whoAnswers(
  fetch: typeof globalThis.fetch,
  url: string,
  signal: AbortSignal,
): Promise<Service | undefined> {
  const ask = async (path: string) => {
    const within = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]);
    const answer = await fetch(`${url}${path}`, { signal: within, redirect: 'manual' }).catch(
      () => undefined,
    );
    const body: unknown = await answer?.json().catch(() => undefined);
    return { status: answer?.status, body };
  };
  const [description, run, online, info] = await Promise.all(
    ['/v1/openapi.json', '/v1/run', '/online', '/info'].map(ask),
  );
  if (hasTitle(description?.body, 'FedOps server manager')) return 'server manager';
  if (isThere(run)) return 'FL server';
  if (isThere(online)) return 'client app';
  return isThere(info) ? 'client manager' : undefined;
}

/** A route that wants a token is there, too; our services say so by a body with a code. */
function isThere(
  answer: { readonly status: number | undefined; readonly body: unknown } | undefined,
): boolean {
  if (answer === undefined || typeof answer.body !== 'object' || answer.body === null) return false;
  if (answer.status === 200) return true;
  return answer.status === 401 && 'code' in answer.body && answer.body.code === 'unauthenticated';
}

function hasTitle(body: unknown, title: string): boolean {
  if (typeof body !== 'object' || body === null || !('info' in body)) return false;
  const { info } = body;
  return typeof info === 'object' && info !== null && 'title' in info && info.title === title;
}
