import { FedOpsError, parseWith, ServerStatusUpdateSchema, type TaskId } from '@fedops/shared-types';
import { type RequestHandler, Router } from 'express';
import type { DeviceList } from './device-list.js';
import { type TaskRecord, withRunFinished, withServerStatus } from './task-record.js';

/** What the routes of the manager share. */
export interface ManagerState {
  readonly taskId: TaskId;
  readonly devices: DeviceList;
  record(): TaskRecord;
  update(change: (record: TaskRecord) => TaskRecord): void;
}

/** What an FL server reports to its server manager. */
export function taskRoutes(state: ManagerState): Router {
  const router = Router();
  const answerStatus: RequestHandler = (_request, response) => {
    response.json({ Server_Status: state.record().status });
  };
  router.use('/FLSe/:call/:task', knownTask(state));
  router.put(
    '/FLSe/FLSeUpdate/:task',
    (request, _response, next) => {
      const status = parseWith(ServerStatusUpdateSchema, request.body, 'server status');
      state.update((record) => withServerStatus(record, status));
      next();
    },
    answerStatus,
  );
  router.put(
    '/FLSe/FLRoundFin/:task',
    (_request, _response, next) => {
      state.update(withRunFinished);
      next();
    },
    answerStatus,
  );
  return router;
}

/** Refuses every task but the manager's own. */
export function knownTask({ taskId }: Pick<ManagerState, 'taskId'>): RequestHandler {
  return (request, _response, next) => {
    const { task } = request.params;
    if (task !== taskId) throw new FedOpsError('not-found', `this manager serves task ${taskId} alone`);
    next();
  };
}
