import { bearerToken } from '@fedops/http-service';
import {
  ClientIdSchema,
  FedOpsError,
  METRIC_KINDS,
  MetricRowSchema,
  MetricRowsInputSchema,
  RunIdSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import type { Manager } from '../../manager.js';
import type { StoredDevice } from '../../store/store.js';
import { type Route, route } from '../route.js';
import { countIn, TaskPath } from './path-schemas.js';

/** @throws {FedOpsError} `permission-denied` where a device speaks for another client. */
function assertOwnRows(
  rows: readonly { readonly clientId: string | null }[],
  { deviceId, clientId: ownClient }: StoredDevice,
): void {
  const own = [null, deviceId, ownClient];
  const foreign = rows.find(({ clientId }) => !own.includes(clientId));
  if (foreign === undefined) return;
  throw new FedOpsError(
    'permission-denied',
    `device ${deviceId} may not speak for client ${foreign.clientId}`,
  );
}

export function metricRoutes({ tasks, devices, metrics, clock }: Manager): readonly Route[] {
  return [
    route(
      {
        method: 'post',
        path: '/v1/tasks/{taskId}/metrics',
        operationId: 'addMetrics',
        summary: 'Keep rows of measurements, all or none',
        access: 'member',
        params: TaskPath,
        body: MetricRowsInputSchema,
        answers: { 201: { description: 'The rows as they are kept', schema: z.array(MetricRowSchema) } },
        errors: ['not-found', 'too-large', 'storage'],
      },
      async ({ params, body, request }) => {
        const { taskId } = tasks.get(params.taskId);
        const token = bearerToken(request);
        const device = token === undefined ? undefined : devices.holder(taskId, token);
        if (device !== undefined) assertOwnRows(body.rows, device);
        const at = new Date(clock.now()).toISOString();
        return metrics.add(body.rows.map((row) => ({ ...row, taskId, at })));
      },
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/metrics',
        operationId: 'listMetrics',
        summary: 'Rows of measurements; `after` is the id of the last row of the page before',
        access: 'member',
        params: TaskPath,
        query: z.object({
          kind: z.enum(METRIC_KINDS).optional(),
          run: RunIdSchema.optional(),
          client: ClientIdSchema.optional(),
          after: countIn({ min: 0, max: Number.MAX_SAFE_INTEGER, otherwise: 0 }),
          limit: countIn({ min: 1, max: 10_000, otherwise: 1_000 }),
        }),
        answers: { 200: { description: 'Oldest first', schema: z.array(MetricRowSchema) } },
        errors: ['not-found', 'storage'],
      },
      async ({ params, query: { kind, run, client, after, limit } }) =>
        metrics.list({
          taskId: tasks.get(params.taskId).taskId,
          after,
          limit,
          ...(kind !== undefined && { kind }),
          ...(run !== undefined && { runId: run }),
          ...(client !== undefined && { clientId: client }),
        }),
    ),
  ];
}
