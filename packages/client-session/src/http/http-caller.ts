import type { IncomingMessage } from 'node:http';
import { errorOfAnswer, FedOpsError, parseWith } from '@fedops/shared-types';
import type { EncodedBody } from './body-chunks.js';
import type { Endpoint } from './endpoint.js';
import { type ExchangeParts, exchange, type Request } from './exchange.js';
import { readJson } from './read-body.js';
import { retryAfterMs } from './retry-after.js';

/** A short answer, or an error's body, is never longer. */
const MAX_JSON_BYTES = 1024 * 1024;

type Schema = Parameters<typeof parseWith>[0];
type Read<S extends Schema> = ReturnType<typeof parseWith<S>>;

/** One call below `/v1`, with a body as JSON or as bytes. */
export interface Call {
  readonly method: Request['method'];
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: EncodedBody;
  readonly signal: AbortSignal;
  readonly totalMs?: number;
}

/** Calls to one FL server, with errors as the server told them. */
export interface HttpCaller {
  /** The answer as the schema reads it; undefined for 204. */
  json<S extends Schema>(call: Call, schema: S, maxBytes?: number): Promise<Read<S> | undefined>;
  /** The answer as `read` reads it. */
  body<T>(call: Call, read: (response: IncomingMessage, what: string) => Promise<T>): Promise<T>;
}

/** Where calls go, and how. */
export interface HttpCallerParts extends ExchangeParts {
  readonly endpoint: Endpoint;
  readonly stallMs: number;
}

/** A caller of one FL server. */
export function createHttpCaller(parts: HttpCallerParts): HttpCaller {
  const caller: HttpCaller = {
    body(call, read) {
      const what = `${call.method} ${call.path.split('?')[0]}`;
      return exchange(parts, requestOf(call, what, parts), async (response) => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) return read(response, what);
        const body = await readJson(response, MAX_JSON_BYTES, what).catch(() => undefined);
        throw withRetryAfter(errorOfAnswer(status, body, what), response.headers['retry-after']);
      });
    },
    json(call, schema, maxBytes = MAX_JSON_BYTES) {
      return caller.body(call, async (response, what) => {
        const body = await readJson(response, maxBytes, what);
        if (response.statusCode === 204) return undefined;
        return parseWith(schema, body, `answer to ${what}`, 'bad-response') as Read<typeof schema>;
      });
    },
  };
  return caller;
}

function requestOf(call: Call, what: string, { endpoint, stallMs }: HttpCallerParts): Request {
  const json = call.json === undefined ? undefined : jsonBody(call.json);
  const body = json ?? call.body;
  const { origin, pathname } = endpoint.url;
  return {
    what,
    url: new URL(`${origin}${pathname === '/' ? '' : pathname}${call.path}`),
    method: call.method,
    headers: {
      accept: '*/*',
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(body === undefined ? {} : { 'content-length': body.byteLength }),
      ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
      ...call.headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: call.signal,
    ...(call.totalMs === undefined ? {} : { totalMs: call.totalMs }),
    stallMs: Math.max(stallMs, call.totalMs ?? 0),
  };
}

function jsonBody(value: unknown): EncodedBody {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { byteLength: bytes.length, chunks: () => [bytes] };
}

function withRetryAfter(error: FedOpsError, header: string | undefined): FedOpsError {
  const asked = retryAfterMs(header, Date.now());
  if (asked === undefined) return error;
  return new FedOpsError(error.code, error.message, { details: { ...error.details, retryAfterMs: asked } });
}
