import { answerErrors, answerNotFound, guardRequests, jsonBody, type Logger } from '@fedops/http-service';
import express, { type Express } from 'express';
import { deviceRoutes } from './device-routes.js';
import { type ManagerState, taskRoutes } from './task-routes.js';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * The demo's manager as an Express app. Under `/devices/{clientId}` each client finds its client manager and the
 * server manager, so that it is known who called; the FL server finds the server manager at the root.
 */
export function createManagerApp(state: ManagerState, { logger }: { readonly logger: Logger }): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    guardRequests({ allowedHosts: [], allowedOrigins: [], listenHost: '127.0.0.1' }),
    jsonBody({ limitBytes: MAX_BODY_BYTES }),
    taskRoutes(state),
  );
  app.use('/devices/:clientId', deviceRoutes(state));
  app.use(answerNotFound(), answerErrors({ logger }));
  return app;
}
