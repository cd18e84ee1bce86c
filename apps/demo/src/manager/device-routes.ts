import {
  ClientFailureNoticeSchema,
  type ClientNotice,
  ClientNoticeSchema,
  FedOpsError,
  parseWith,
} from '@fedops/shared-types';
import { type Request, type RequestHandler, Router } from 'express';
import type { z } from 'zod';
import { answerNotice } from './client-notices.js';
import type { CountedCall } from './device-view.js';
import { managerInfoOf } from './task-record.js';
import { knownTask, type ManagerState } from './task-routes.js';

/** What one client calls: its client manager, and the server manager. */
export function deviceRoutes(state: ManagerState): Router {
  const { devices, taskId } = state;
  const counting =
    (call: CountedCall): RequestHandler =>
    (request, _response, next) => {
      devices.count(clientOf(request), call);
      next();
    };
  const answerInfo: RequestHandler = (request, response) => {
    const clientId = clientOf(request);
    const phase = devices.views().find((device) => device.clientId === clientId)?.session?.phase;
    const isTraining = phase !== undefined && !RESTING.includes(phase);
    response.json(managerInfoOf(state.record(), { clientId, isOnline: phase !== undefined, isTraining }));
  };
  const notice =
    (schema: z.ZodType<ClientNotice>, outcome: Parameters<typeof answerNotice>[2]): RequestHandler =>
    (request, response) => {
      response.json(answerNotice(taskId, parseWith(schema, request.body, 'client notice'), outcome));
    };

  const router = Router({ mergeParams: true });
  router.use((request, _response, next) => {
    if (!devices.has(clientOf(request))) throw new FedOpsError('not-found', 'no such client');
    next();
  });
  router.get('/info', answerInfo);
  router.get('/trainFin', counting('trainFin'), answerInfo);
  router.get('/trainFail', answerInfo);
  router.get('/flclient_out', counting('clientOut'), answerInfo);

  router.use('/FLSe/:call/:task', knownTask(state));
  router.get('/FLSe/getPort/:task', counting('getPort'), (_request, response) => {
    const { port } = state.record();
    if (port === undefined) throw new FedOpsError('not-found', 'the task has no port yet');
    response.json({ task_id: taskId, port });
  });
  router.put('/FLSe/ClientOut/:task', notice(ClientNoticeSchema, 'out'));
  router.put('/FLSe/ClientTrainFin/:task', notice(ClientNoticeSchema, 'train-finished'));
  router.put('/FLSe/ClientTrainFail/:task', notice(ClientFailureNoticeSchema, 'train-failed'));
  return router;
}

const RESTING: readonly string[] = ['idle', 'finished', 'failed'];

function clientOf(request: Request): string {
  return String(request.params.clientId);
}
