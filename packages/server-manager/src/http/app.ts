import { answerErrors, answerNotFound, guardRequests } from '@fedops/http-service';
import express, { type Express, Router } from 'express';
import type { Manager } from '../manager.js';
import { type AccessSettings, createAccess } from './access.js';
import { mountLegacyDevices } from './legacy/device-routes.js';
import { mountNotices } from './legacy/notice-routes.js';
import { mountPerformance } from './legacy/performance-routes.js';
import { mountSelectedClients } from './legacy/selected-clients-route.js';
import { mountLegacyServers } from './legacy/server-routes.js';
import { mountLegacyTasks } from './legacy/task-routes.js';
import { mount } from './route.js';
import { apiRoutes } from './v1/api.js';

export interface AppSettings extends AccessSettings {
  readonly listenHost: string;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Of this package, for the description of the API. */
  readonly version: string;
}

/** All routes of the server manager: docs/protocol.md 3 and 4. */
export function createApp(manager: Manager, settings: AppSettings): Express {
  const check = createAccess(manager, settings);
  const api = Router();
  mount(api, apiRoutes(manager, settings.version), check);

  const legacy = Router();
  for (const mountRoutes of [
    mountLegacyDevices,
    mountNotices,
    mountLegacyServers,
    mountLegacyTasks,
    mountSelectedClients,
    mountPerformance,
  ]) {
    mountRoutes(legacy, manager, check);
  }

  return express()
    .disable('x-powered-by')
    .disable('etag')
    .use(guardRequests(settings))
    .use(api)
    .use(legacy)
    .use(answerNotFound())
    .use(answerErrors({ logger: manager.logger }));
}
