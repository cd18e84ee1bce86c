import { errorOfAnswer, FedOpsError } from '@fedops/shared-types';

/** What is asked of a `fetch`; the one of Node and of every browser fits. */
export type Fetch = (
  url: string,
  init: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>;

/** An error's body says more than this only by mistake. */
const MAX_ERROR_CHARACTERS = 64 * 1024;

/**
 * The answer, if it is one of success.
 *
 * @throws {FedOpsError} the code that the server gives; `unavailable` where there is no answer, with the original as
 *   `cause`; `aborted` when the signal says so.
 */
export async function fetchAnswer(
  fetch: Fetch,
  url: string,
  init: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
): Promise<Response> {
  const answer = await fetch(url, init).catch((cause: unknown) => {
    throw errorOfNetwork(cause, init.signal);
  });
  if (answer.ok) return answer;
  const text = (await answer.text().catch(() => '')).slice(0, MAX_ERROR_CHARACTERS);
  const error = errorOfAnswer(answer.status, jsonOf(text), 'the FL server');
  const seconds = Number(answer.headers.get('Retry-After') ?? Number.NaN);
  if (!Number.isFinite(seconds) || seconds < 0) throw error;
  throw new FedOpsError(error.code, error.message, {
    details: { retryAfterMs: seconds * 1000, ...error.details },
  });
}

/** The one translation from what `fetch` throws, also in the middle of a body. */
export function errorOfNetwork(cause: unknown, signal: AbortSignal): FedOpsError {
  if (FedOpsError.is(cause)) return cause;
  if (signal.aborted) {
    return FedOpsError.is(signal.reason)
      ? signal.reason
      : new FedOpsError('aborted', 'reading was aborted', { cause: signal.reason });
  }
  const { message } = FedOpsError.from(cause);
  return new FedOpsError('unavailable', `no answer from the FL server: ${message}`, { cause });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
