import type { RequestListener } from 'node:http';
import { answerErrors, answerNotFound, guardRequests, jsonBody, type Logger } from '@fedops/http-service';
import type { RunView } from '@fedops/shared-types';
import express, { Router } from 'express';
import type { Clock } from '../clock.js';
import type { ClientDesk } from '../engine/client-desk.js';
import { clientRoutes } from './client-routes.js';
import { createCredentials } from './credentials.js';
import type { EventStreams } from './event-streams.js';
import { eventsRoute } from './events-route.js';
import { instructionPolls } from './instruction-polls.js';
import type { ParametersFiles } from './parameters-files.js';
import { parametersRoute } from './parameters-route.js';
import { resultRoutes, type UploadSettings } from './result-routes.js';

export interface DoorParts {
  readonly desk: ClientDesk;
  readonly view: () => RunView;
  readonly streams: EventStreams;
  readonly parameters: ParametersFiles;
  readonly logger: Logger;
  readonly clock: Clock;
}

export interface DoorSettings extends UploadSettings {
  readonly listenHost: string;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** What a client shows to register; undefined where everybody may. */
  readonly enrolmentToken: string | undefined;
}

/** JSON bodies of the door are small. */
const JSON_LIMIT_BYTES = 64 * 1024;
/** A registration may tell a signature: 128 Ki characters of three bytes at most, and the rest. */
const REGISTRATION_LIMIT_BYTES = 448 * 1024;

/** The HTTP door of an FL server: docs/protocol.md, section 1. */
export function createDoor(
  { desk, view, streams, parameters, logger, clock }: DoorParts,
  settings: DoorSettings,
): RequestListener {
  const credentials = createCredentials(desk, settings.enrolmentToken);
  const json = jsonBody({ limitBytes: JSON_LIMIT_BYTES });
  const registrationJson = jsonBody({ limitBytes: REGISTRATION_LIMIT_BYTES });

  const v1 = Router()
    .use('/clients', clientRoutes({ desk, credentials, json, registrationJson }))
    .use('/runs/:runId/rounds/:round', resultRoutes({ desk, credentials, json, clock }, settings))
    .get('/parameters/:digest', credentials.anyone, parametersRoute(parameters))
    .get('/run', credentials.enrolled, (_request, response) => {
      response.json(view());
    })
    .get('/run/events', credentials.enrolled, eventsRoute(streams));

  const guard = guardRequests(settings);
  const answerError = answerErrors({ logger });
  const app = express()
    .disable('x-powered-by')
    .disable('etag')
    .use(guard)
    .get('/healthz', (_request, response) => {
      response.json({ status: 'ok' });
    })
    .use('/v1', v1)
    .use(answerNotFound())
    .use(answerError);
  const isPoll = instructionPolls({ desk, credentials, guard, answerError });

  return (request, response) => {
    if (!isPoll(request, response)) app(request, response);
  };
}
