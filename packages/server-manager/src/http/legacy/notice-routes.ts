import {
  ClientFailureNoticeSchema,
  type ClientNotice,
  type ClientNoticeAnswer,
  ClientNoticeSchema,
  type ClientPart,
  parseWith,
  type TaskId,
} from '@fedops/shared-types';
import type { Router } from 'express';
import type { Manager } from '../../manager.js';
import { isRunOf } from '../../tasks/is-run-of.js';
import type { CheckAccess } from '../access.js';
import { properAnswers } from './legacy-route.js';

/** What one client says of itself alone: docs/protocol.md 3.4. The task, its other clients and the run stay as they are. */
export function mountNotices(
  router: Router,
  { tasks, runs, parts, clock }: Manager,
  check: CheckAccess,
): void {
  const proper = properAnswers(check);

  async function take(
    taskId: TaskId,
    notice: ClientNotice,
    state: ClientPart['state'],
    reason: ClientPart['reason'] = null,
  ): Promise<ClientNoticeAnswer> {
    const { client_id: clientId, run_id: runId } = notice;
    const answer = { task_id: taskId, client_id: clientId, run_id: runId };
    if (runId === null || !(await isRunOf({ tasks, runs }, taskId, runId))) return { ...answer, state };
    const at = new Date(clock.now()).toISOString();
    const held = await parts.report({ taskId, runId, clientId, state, reason, at });
    return { ...answer, state: held.state };
  }

  router.put(
    '/FLSe/ClientOut/:taskId',
    proper('member', async ({ body }, taskId) => {
      tasks.get(taskId);
      return take(taskId, parseWith(ClientNoticeSchema, body, 'body of PUT /FLSe/ClientOut'), 'out');
    }),
  );

  router.put(
    '/FLSe/ClientTrainFin/:taskId',
    proper('member', async ({ body }, taskId) => {
      tasks.get(taskId);
      const notice = parseWith(ClientNoticeSchema, body, 'body of PUT /FLSe/ClientTrainFin');
      return take(taskId, notice, 'train-finished');
    }),
  );

  router.put(
    '/FLSe/ClientTrainFail/:taskId',
    proper('member', async ({ body }, taskId) => {
      tasks.get(taskId);
      const notice = parseWith(ClientFailureNoticeSchema, body, 'body of PUT /FLSe/ClientTrainFail');
      return take(taskId, notice, 'train-failed', notice.reason ?? null);
    }),
  );
}
