import { jsonBody } from '@fedops/http-service';
import { FedOpsError, type TaskId, TaskIdSchema } from '@fedops/shared-types';
import type { Request, RequestHandler } from 'express';
import type { Access, CheckAccess } from '../access.js';

/** One route of Python's services: checks who asks, reads the body then, and answers what the work returns. */
export type LegacyRoute = (
  access: Access,
  work: (request: Request, taskId: TaskId) => Promise<unknown>,
) => RequestHandler[];

/** Bodies of the routes of Python's services are small. */
const readJson = jsonBody({ limitBytes: 256 * 1024 });

/**
 * Routes that answer as Python's manager does to callers that look at the body alone: what is not found is a 200 with
 * `{ error }`.
 */
export function pythonAnswers(check: CheckAccess): LegacyRoute {
  return (access, work) => [
    guard(check, access),
    readJson,
    async (request, response) => {
      try {
        response.json(await work(request, taskOf(request)));
      } catch (error) {
        if (!FedOpsError.is(error) || error.code !== 'not-found') throw error;
        response.json({ error: error.message });
      }
    },
  ];
}

/** Routes with the status that an answer deserves. */
export function properAnswers(check: CheckAccess): LegacyRoute {
  return (access, work) => [
    guard(check, access),
    readJson,
    async (request, response) => {
      response.json(await work(request, taskOf(request)));
    },
  ];
}

function guard(check: CheckAccess, access: Access): RequestHandler {
  return (request, _response, next) => {
    const named = TaskIdSchema.safeParse(request.params.taskId);
    check(access, request, named.success ? { taskId: named.data } : {});
    next();
  };
}

/** What the path names is looked up by the work, and not found there. */
function taskOf({ params }: Request): TaskId {
  return TaskIdSchema.safeParse(params.taskId).data ?? ('' as TaskId);
}
