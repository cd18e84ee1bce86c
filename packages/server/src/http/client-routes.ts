import { HeartbeatSchema, parseWith, RegistrationSchema } from '@fedops/shared-types';
import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { ClientDesk } from '../engine/client-desk.js';
import type { Credentials } from './credentials.js';

export interface RouteParts {
  readonly desk: ClientDesk;
  readonly credentials: Credentials;
  /** Reads a JSON body. */
  readonly json: RequestHandler;
}

/** A poll is held no longer, so that proxies which cut idle connections do not get to it. */
const LONGEST_WAIT_MS = 25_000;

const InstructionQuerySchema = z.object({
  waitMs: z.coerce.number().int().min(0).max(LONGEST_WAIT_MS).default(LONGEST_WAIT_MS),
});

/** Registration, instructions, heartbeat, leaving. */
export function clientRoutes({ desk, credentials, json }: RouteParts): Router {
  return Router()
    .post('/', credentials.enrolled, json, (request, response) => {
      const registration = parseWith(RegistrationSchema, request.body, 'registration');
      response.status(201).set('Cache-Control', 'no-store').json(desk.register(registration));
    })
    .get('/:clientId/instruction', async (request, response) => {
      const client = credentials.client(request);
      const { waitMs } = parseWith(InstructionQuerySchema, request.query, 'query of the instruction');
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const instruction = await desk.nextInstruction(client, waitMs, gone.signal);
      if (response.destroyed) return;
      response.set('Cache-Control', 'no-store');
      if (instruction === undefined) response.status(204).end();
      else response.json(instruction);
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
