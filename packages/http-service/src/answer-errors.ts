import type { IncomingMessage, ServerResponse } from 'node:http';
import { FedOpsError } from '@fedops/shared-types';
import type { RequestHandler } from 'express';
import { errorAnswerOf } from './error-answer.js';
import type { Logger } from './logger.js';
import { sendAnswer } from './send-answer.js';

/** An error handler of Express, and of `node:http` alone. */
export type ErrorAnswerer = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * The one handler that turns errors into answers: `{ code, message, details }` with the status of the code, and
 * `Retry-After` where `details.retryAfterMs` (milliseconds) says when. Mount it last.
 *
 * A body that was not read does not hold the answer up: see `sendAnswer`.
 *
 * Unknown errors go out as `internal` with a fixed message and are logged whole. Where an answer has begun already
 * the connection is cut, so that half an answer is never taken for a whole one.
 */
export function answerErrors({ logger }: { readonly logger: Logger }): ErrorAnswerer {
  // Express knows an error handler by its four parameters.
  return (error, request, response, _next) => {
    const answer = errorAnswerOf(error);
    const { method } = request;
    const path = pathOf(request);
    if (answer.isOurs) logger.error({ err: error, method, path }, 'a request failed');
    if (response.headersSent) {
      logger.warn({ method, path, code: answer.body.code }, 'an answer broke off');
      request.socket.destroy();
      return;
    }
    sendAnswer(request, response, { status: answer.status, headers: answer.headers, json: answer.body });
  };
}

/** Without the query, which may hold what no log should. */
function pathOf({ url = '' }: IncomingMessage): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** A handler for what no route took: `not-found`. Mount it after the routes, before `answerErrors`. */
export function answerNotFound(): RequestHandler {
  return (request, _response, next) => {
    next(new FedOpsError('not-found', `there is no ${request.method} ${request.path.slice(0, 200)}`));
  };
}
