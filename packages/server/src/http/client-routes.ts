import { HeartbeatSchema, parseWith, RegistrationSchema } from '@fedops/shared-types';
import { type RequestHandler, Router } from 'express';
import type { ClientDesk } from '../engine/client-desk.js';
import type { Credentials } from './credentials.js';

/** What the routes of clients work with. */
export interface RouteParts {
  readonly desk: ClientDesk;
  readonly credentials: Credentials;
  /** Reads a JSON body. */
  readonly json: RequestHandler;
}

interface ClientRouteParts extends RouteParts {
  /** Reads the JSON body of a registration. */
  readonly registrationJson: RequestHandler;
}

/** Registration, heartbeat, leaving. */
export function clientRoutes({ desk, credentials, json, registrationJson }: ClientRouteParts): Router {
  return Router()
    .post('/', credentials.enrolled, registrationJson, (request, response) => {
      const registration = parseWith(RegistrationSchema, request.body, 'registration');
      response.status(201).set('Cache-Control', 'no-store').json(desk.register(registration));
    })
    .post('/:clientId/heartbeat', json, (request, response) => {
      const client = credentials.client(request);
      response.json(desk.heartbeat(client, parseWith(HeartbeatSchema, request.body, 'heartbeat')));
    })
    .delete('/:clientId', (request, response) => {
      desk.leave(credentials.client(request));
      response.status(204).end();
    });
}
