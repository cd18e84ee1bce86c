import { FedOpsError } from '@fedops/shared-types';
import type { RequestHandler } from 'express';
import { bearerToken, sameSecret } from './bearer-token.js';

/**
 * A handler that lets requests with the right `Authorization: Bearer` pass, and all of them where no token is
 * configured. Passes on `unauthenticated` for the others.
 *
 * @param expected Undefined where the service asks for none.
 * @param what The token in words, for the error: `this client's control token`.
 */
export function requireToken(expected: string | undefined, what: string): RequestHandler {
  return (request, _response, next) => {
    if (expected === undefined) return next();
    const given = bearerToken(request);
    if (given !== undefined && sameSecret(given, expected)) return next();
    next(new FedOpsError('unauthenticated', `expected ${what} as bearer`));
  };
}
