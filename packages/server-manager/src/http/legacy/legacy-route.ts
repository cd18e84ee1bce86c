import { FedOpsError, type TaskId, TaskIdSchema } from '@fedops/shared-types';
import type { Request, RequestHandler } from 'express';
import type { Access, CheckAccess } from '../access.js';

/** One route of Python's services: checks who asks, and answers what the work returns. */
export type LegacyRoute = (
  access: Access,
  work: (request: Request, taskId: TaskId) => Promise<unknown>,
) => RequestHandler;

/**
 * Routes that answer as Python's manager does to callers that look at the body alone: what is not found is a 200 with
 * `{ error }`.
 */
export function pythonAnswers(check: CheckAccess): LegacyRoute {
  return (access, work) => async (request, response) => {
    try {
      response.json(await answer(check, access, request, work));
    } catch (error) {
      if (!FedOpsError.is(error) || error.code !== 'not-found') throw error;
      response.json({ error: error.message });
    }
  };
}

/** Routes with the status that an answer deserves. */
export function properAnswers(check: CheckAccess): LegacyRoute {
  return (access, work) => async (request, response) => {
    response.json(await answer(check, access, request, work));
  };
}

function answer(
  check: CheckAccess,
  access: Access,
  request: Request,
  work: (request: Request, taskId: TaskId) => Promise<unknown>,
): Promise<unknown> {
  const named = TaskIdSchema.safeParse(request.params.taskId);
  check(access, request, named.success ? { taskId: named.data } : {});
  return work(request, named.data ?? ('' as TaskId));
}
