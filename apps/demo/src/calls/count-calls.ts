import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { CountedCall } from './call-counts.js';
import { callOf } from './call-of.js';

interface Served {
  readonly request: IncomingMessage & { readonly originalUrl?: string };
  readonly response: ServerResponse;
}

interface Made {
  readonly request: ClientRequest;
  readonly response: IncomingMessage;
}

/**
 * Listens to the requests that this process serves and makes, by the channels of `node:http`, so that the packages that
 * do so need not know that they are counted.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export function onCalls(onCall: (call: CountedCall) => void): void {
  const look = (side: 'served' | 'made', method = '', path = '', status = 0) => {
    const call = callOf({ side, method, path, status });
    if (call !== undefined) onCall(call);
  };
  subscribe('http.server.response.finish', (message) => {
    const { request, response } = message as Served;
    // Routers shorten `url` while they look for a route.
    look('served', request.method, request.originalUrl ?? request.url, response.statusCode);
  });
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as Made;
    look('made', request.method, request.path, response.statusCode);
  });
}
