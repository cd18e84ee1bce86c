import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosResponse, isAxiosError } from 'axios';
import { type Method, redirectTarget } from './redirect.js';

/** One HTTP request as it goes over the wire. */
export interface WireRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
}

/** What came of sending a request once. */
export type Sent =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly retryAfter?: string;
      readonly text: string;
    }
  | { readonly kind: 'refused' | 'broken'; readonly cause: Error }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted'; readonly cause: unknown };

/** What one request may take: time, and bytes of its answer. */
export interface SendLimits {
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly signal: AbortSignal;
}

/** Enough for `/info/` → `/info` and a proxy's own hop. */
const MOST_REDIRECTS = 3;

/** The connection was never made, so the service cannot have heard of the request. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/**
 * A connection for each request: Python's servers close idle ones after 5 s without a word, and a request
 * that meets the closing fails without a trace of whether it was heard.
 */
const agents = {
  httpAgent: new HttpAgent({ keepAlive: false }),
  httpsAgent: new HttpsAgent({ keepAlive: false }),
};

/** Sends a request once, following redirects within its origin. Never throws. */
export async function send(
  request: WireRequest,
  { timeoutMs, maxAnswerBytes, signal }: SendLimits,
): Promise<Sent> {
  if (signal.aborted) return { kind: 'aborted', cause: signal.reason };
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await follow(request, { maxAnswerBytes, signal: stop.signal });
  } catch (error) {
    if (signal.aborted) return { kind: 'aborted', cause: signal.reason };
    if (stop.signal.aborted) return { kind: 'timed-out' };
    return failureOf(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

type HopLimits = Omit<SendLimits, 'timeoutMs'>;

async function follow(request: WireRequest, limits: HopLimits): Promise<Sent> {
  let url = request.url;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await hop({ ...request, url }, limits);
    const { status } = response;
    const target = redirectTarget(url, request.method, { status, location: header(response, 'location') });
    if (target === undefined) {
      const retryAfter = header(response, 'retry-after');
      return {
        kind: 'reply',
        status,
        text: response.data,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      };
    }
    if (target === 'refused') return { kind: 'malformed', problem: 'a redirect that is not followed' };
    url = target;
  }
  return { kind: 'malformed', problem: `more than ${MOST_REDIRECTS} redirects` };
}

function hop({ method, url, headers, body }: WireRequest, limits: HopLimits): Promise<AxiosResponse<string>> {
  return axios.request<string>({
    ...agents,
    method,
    url: url.href,
    headers: { Accept: 'application/json', ...headers },
    ...(body === undefined ? {} : { data: body }),
    signal: limits.signal,
    maxContentLength: limits.maxAnswerBytes,
    maxRedirects: 0,
    ...(isLoopback(url.hostname) ? { proxy: false } : {}),
    responseType: 'text',
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
  });
}

/**
 * The one translation of axios' errors. They do not go on as a cause themselves: they hold the request with its
 * headers, and so the token, which a logger would print.
 */
function failureOf(error: unknown): Sent {
  const cause = plainCauseOf(error);
  const code = codeOf(error);
  if (NEVER_CONNECTED.has(code)) return { kind: 'refused', cause };
  if (code.startsWith('HPE_')) return { kind: 'malformed', problem: 'an answer that is not HTTP' };
  if (isAxiosError(error) && error.message.startsWith('maxContentLength')) {
    return { kind: 'malformed', problem: 'an answer over the size limit' };
  }
  return { kind: 'broken', cause };
}

function plainCauseOf(error: unknown): Error {
  if (isAxiosError(error)) {
    const plain = new Error(error.message);
    return Object.assign(plain, { code: codeOf(error) });
  }
  return error instanceof Error ? error : new Error(String(error));
}

function codeOf(error: unknown): string {
  const code: unknown =
    typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

function header(response: AxiosResponse, name: string): string | undefined {
  const value: unknown = response.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}
