import type { z } from 'zod';
import { outcomeOf } from './outcome.js';
import { send, type WireRequest } from './request.js';
import { type RetryParts, withRetries } from './retry/retrying.js';
import type { Route } from './route.js';
import type { CallOptions, ResolvedSettings } from './settings.js';

/** A remote service at its base URL. */
export interface Service {
  /** Calls a route and returns its validated answer. @throws {FedOpsError} See docs/protocol.md 3.5. */
  call<S extends z.ZodType>(route: Route<S>, options?: CallOptions): Promise<z.output<S>>;
}

/** A service whose calls are sent, repeated and checked as docs/protocol.md 3.5 says. */
export function createService(baseUrl: string, parts: RetryParts, settings: ResolvedSettings): Service {
  return {
    call: (route, options = {}) => {
      const request = wireRequest(baseUrl, route, settings.token);
      const what = `${route.method} ${request.url.origin}${request.url.pathname}`;
      const signal = options.signal ?? new AbortController().signal;
      const attempt = async (timeoutMs: number) => {
        const sent = await send(request, { timeoutMs, signal, maxAnswerBytes: settings.maxAnswerBytes });
        return outcomeOf(sent, route, what);
      };
      const repetition = settings.repeats ? route.repetition : 'never';
      return withRetries(attempt, { repetition, signal }, parts, settings);
    },
  };
}

function wireRequest(baseUrl: string, route: Route<z.ZodType>, token: string | undefined): WireRequest {
  const url = new URL(`${baseUrl}${route.path}`);
  for (const [name, value] of Object.entries(route.query ?? {})) url.searchParams.set(name, value);
  const headers = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(route.body === undefined ? {} : { 'Content-Type': 'application/json' }),
  };
  return {
    method: route.method,
    url,
    headers,
    ...(route.body === undefined ? {} : { body: JSON.stringify(route.body) }),
  };
}
