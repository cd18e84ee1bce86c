import { errorOfAnswer, FedOpsError } from '@fedops/shared-types';
import type { Connection } from '../config/connection.js';

/** A request whose answer is no JSON, or whose body is none. */
export interface ManagerAsk {
  readonly method?: 'GET' | 'PUT';
  /** Begins with a slash; ids in it percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Statuses that are answers beside those of success. */
  readonly expects?: readonly number[];
  readonly signal: AbortSignal;
}

/**
 * The manager's answer, its body not read yet. A redirect is not followed: the token stays with whom it is for.
 *
 * @throws {FedOpsError} the code that the manager gives; `unavailable` where none answers; `aborted`.
 */
export async function askManager(
  fetch: typeof globalThis.fetch,
  { url, token }: Connection,
  { method = 'GET', path, headers = {}, body, expects = [], signal }: ManagerAsk,
): Promise<Response> {
  const what = `${method} ${url}${path}`;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { ...headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal,
  }).catch((cause: unknown) => {
    throw errorOfConnection(cause, what, signal);
  });
  if (answer.ok || expects.includes(answer.status)) return answer;
  const said: unknown = await answer.json().catch(() => undefined);
  throw errorOfAnswer(answer.status, said, what);
}

/** The error for what `fetch` throws, also in the middle of a body. */
export function errorOfConnection(cause: unknown, what: string, signal: AbortSignal): FedOpsError {
  if (FedOpsError.is(cause)) return cause;
  if (signal.aborted) return new FedOpsError('aborted', `${what}: the command was ended`, { cause });
  const { message } = FedOpsError.from(reasonOf(cause));
  return new FedOpsError('unavailable', `${what}: no connection: ${message}`, { cause });
}

/** `fetch failed` says little; its cause says why. */
function reasonOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'cause' in cause && cause.cause !== undefined
    ? cause.cause
    : cause;
}
