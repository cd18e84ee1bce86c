import { z } from 'zod';
import type { Manager } from '../../manager.js';
import { openApiDocument } from '../openapi.js';
import { type Route, route } from '../route.js';
import { deviceRoutes } from './device-routes.js';
import { metricRoutes } from './metric-routes.js';
import { modelRoutes } from './model-routes.js';
import { runRoutes } from './run-routes.js';
import { taskRoutes } from './task-routes.js';

/** The manager's own API, with the route that describes it. */
export function apiRoutes(manager: Manager, version: string): readonly Route[] {
  const health = route(
    {
      method: 'get',
      path: '/healthz',
      operationId: 'health',
      summary: 'Whether the service answers',
      access: 'open',
      answers: { 200: { description: 'It does', schema: z.object({ status: z.literal('ok') }) } },
      errors: [],
    },
    async () => ({ status: 'ok' }),
  );
  const description = route(
    {
      method: 'get',
      path: '/v1/openapi.json',
      operationId: 'describe',
      summary: 'This description',
      access: 'open',
      answers: { 200: { description: 'OpenAPI 3.1', schema: z.record(z.string(), z.unknown()) } },
      errors: [],
    },
    async () => document,
  );
  const routes = [
    health,
    description,
    ...taskRoutes(manager),
    ...deviceRoutes(manager),
    ...runRoutes(manager),
    ...modelRoutes(manager),
    ...metricRoutes(manager),
  ];
  const document = openApiDocument(routes, version);
  return routes;
}
