import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isLoopback } from '@fedops/http-service';
import { errorOfAnswer, FedOpsError, parseWith } from '@fedops/shared-types';
import axios, { isAxiosError } from 'axios';
import type { z } from 'zod';
import { linkedAbort } from '../linked-abort.js';

/** One JSON request. */
export interface JsonRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly body?: unknown;
  readonly token?: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What came back, whatever its status. */
export interface JsonAnswer {
  readonly status: number;
  /** Undefined for an answer without a body. */
  readonly body: unknown;
}

/**
 * Sends a request once.
 *
 * Rejects with `FedOpsError`: `unavailable`, with `details.unheard` where no connection was made; `deadline-exceeded`;
 * `bad-response` for what is no JSON; `aborted`.
 */
export type Exchange = (request: JsonRequest) => Promise<JsonAnswer>;

/** Python's manager answers a registration with every device of every task. */
const MOST_BYTES = 16 * 1024 * 1024;

const NEVER_CONNECTED: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** Python's servers close idle connections without a word: a connection for each request. */
const agents = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

/** The exchange over HTTP. */
export const httpExchange: Exchange = async ({ method, url, body, token, timeoutMs, signal }) => {
  const what = describe(method, url);
  const limit = linkedAbort(signal, timeoutMs);
  try {
    const { status, data } = await axios.request<string>({
      ...agents,
      method,
      url,
      headers: {
        Accept: 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { data: JSON.stringify(body) }),
      signal: limit.signal,
      maxContentLength: MOST_BYTES,
      maxRedirects: 0,
      ...(isLoopback(new URL(url).hostname) ? { proxy: false } : {}),
      responseType: 'text',
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
      validateStatus: () => true,
    });
    return { status, body: readJson(data, status, what) };
  } catch (error) {
    if (FedOpsError.is(error)) throw error;
    if (signal.aborted) throw new FedOpsError('aborted', `${what}: aborted`);
    if (limit.signal.aborted) throw new FedOpsError('deadline-exceeded', `${what}: no answer in time`);
    throw noAnswer(error, what);
  } finally {
    limit.end();
  }
};

/**
 * The body of an answer of success.
 *
 * @throws {FedOpsError} What the status says; `internal` for Python's status of 200 with an `error`; `bad-response`
 *   for a body that the schema does not read.
 */
export function bodyOf<S extends z.ZodType>(
  { status, body }: JsonAnswer,
  schema: S,
  what: string,
): z.output<S> {
  if (status < 200 || status > 299) throw errorOfAnswer(status, body, what);
  const problem: unknown =
    typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof problem === 'string') {
    throw new FedOpsError('internal', `${what}: ${problem.slice(0, 300)}`, { details: { status } });
  }
  return parseWith(schema, body, `answer of ${what}`, 'bad-response');
}

/** How a request is called in messages: without its query. */
export function describe(method: string, url: string): string {
  const { origin, pathname } = new URL(url);
  return `${method} ${origin}${pathname}`;
}

function readJson(text: string, status: number, what: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    if (status >= 400) return undefined;
    throw new FedOpsError('bad-response', `${what}: expected JSON`, { details: { status } });
  }
}

/** The original does not go on as the cause: it holds the request with its token, which a logger would print. */
function noAnswer(error: unknown, what: string): FedOpsError {
  const code = isAxiosError(error) ? error.code : undefined;
  if (isAxiosError(error) && error.message.startsWith('maxContentLength')) {
    return new FedOpsError('bad-response', `${what}: an answer over the size limit`);
  }
  const unheard = NEVER_CONNECTED.has(code);
  return new FedOpsError('unavailable', `${what}: ${unheard ? 'no connection' : 'the connection broke'}`, {
    details: { unheard, ...(code === undefined ? {} : { reason: code }) },
  });
}
