import { errorOfAnswer, FedOpsError } from '@fedops/shared-types';
import type { Connection } from '../config/connection.js';

/** A request whose answer is no JSON, or whose body is none. */
export interface ManagerAsk {
  readonly method?: 'GET' | 'PUT';
  /** Begins with a slash; ids in it percent-encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Told of the bytes of the body that are handed to the connection. */
  readonly sent?: (bytes: number) => void;
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
  { method = 'GET', path, headers = {}, body, sent, expects = [], signal }: ManagerAsk,
): Promise<Response> {
  const what = `${method} ${url}${path}`;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...headers,
      // A stream does not tell its length by itself.
      ...(body !== undefined && { 'Content-Length': String(body.length) }),
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && (sent === undefined ? { body } : streamed(body, sent))),
    redirect: 'manual',
    signal,
  }).catch((cause: unknown) => {
    throw errorOfConnection(cause, what, signal);
  });
  if (answer.ok || expects.includes(answer.status)) return answer;
  const said: unknown = await answer.json().catch(() => undefined);
  throw errorOfAnswer(answer.status, said, what);
}

const CHUNK_BYTES = 256 * 1024;

function streamed(body: Uint8Array<ArrayBuffer>, sent: (bytes: number) => void) {
  let at = 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const chunk = body.subarray(at, at + CHUNK_BYTES);
      at += chunk.length;
      if (chunk.length > 0) controller.enqueue(chunk);
      sent(at);
      if (at === body.length) controller.close();
    },
  });
  return { body: stream, duplex: 'half' as const };
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
