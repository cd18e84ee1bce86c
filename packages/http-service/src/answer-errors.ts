import { FedOpsError } from '@fedops/shared-types';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import { errorAnswerOf } from './error-answer.js';
import type { Logger } from './logger.js';

/**
 * The one handler that turns errors into answers: `{ code, message, details }` with the status of the code, and
 * `Retry-After` where `details.retryAfterMs` (milliseconds) says when. Mount it last.
 *
 * Unknown errors go out as `internal` with a fixed message and are logged whole. Where an answer has begun already
 * the connection is cut, so that half an answer is never taken for a whole one.
 */
export function answerErrors({ logger }: { readonly logger: Logger }): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const answer = errorAnswerOf(error);
    const { method, path } = request;
    if (answer.isOurs) logger.error({ err: error, method, path }, 'a request failed');
    if (response.headersSent) {
      logger.warn({ method, path, code: answer.body.code }, 'an answer broke off');
      request.socket.destroy();
      return;
    }
    response.status(answer.status).set(answer.headers).json(answer.body);
  };
}

/** A handler for what no route took: `not-found`. Mount it after the routes, before `answerErrors`. */
export function answerNotFound(): RequestHandler {
  return (request, _response, next) => {
    next(new FedOpsError('not-found', `there is no ${request.method} ${request.path.slice(0, 200)}`));
  };
}
