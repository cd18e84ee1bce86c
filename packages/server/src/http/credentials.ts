import { bearerToken, sameSecret } from '@fedops/http-service';
import { type ClientId, ClientIdSchema, FedOpsError, parseWith } from '@fedops/shared-types';
import type { Request, RequestHandler } from 'express';
import type { ClientDesk } from '../engine/client-desk.js';

/** Who may ask for what: docs/protocol.md, section 1.1. */
export interface Credentials {
  /** Passes who shows the enrolment token, or everybody where none is configured. */
  readonly enrolled: RequestHandler;
  /** Passes clients, and who is enrolled. */
  readonly anyone: RequestHandler;
  /**
   * The client that the path names, if it is the one whose token came.
   *
   * @throws {FedOpsError} `unauthenticated` for no token or an unknown one, `permission-denied` for another client's.
   */
  client(request: Request): ClientId;
  /** The same for a token and the id in a path. */
  clientOf(token: string | undefined, id: unknown): ClientId;
}

export function createCredentials(desk: ClientDesk, enrolmentToken: string | undefined): Credentials {
  function isEnrolled(token: string | undefined): boolean {
    return enrolmentToken === undefined || (token !== undefined && sameSecret(token, enrolmentToken));
  }

  function clientOf(token: string | undefined, id: unknown): ClientId {
    const client = desk.authenticate(token);
    if (parseWith(ClientIdSchema, id, 'client id in the path') !== client) {
      throw new FedOpsError('permission-denied', 'this token belongs to another client than the path names');
    }
    return client;
  }

  return {
    enrolled(request, _response, next) {
      if (!isEnrolled(bearerToken(request))) {
        throw new FedOpsError('unauthenticated', 'expected the enrolment token as Authorization: Bearer');
      }
      next();
    },
    anyone(request, _response, next) {
      const token = bearerToken(request);
      if (!isEnrolled(token)) desk.authenticate(token);
      next();
    },
    client: (request) => clientOf(bearerToken(request), request.params.clientId),
    clientOf,
  };
}
