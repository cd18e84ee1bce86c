import { rm } from 'node:fs/promises';
import { assertSameSignature, PARAMETERS_MEDIA_TYPE } from '@fedops/parameters';
import {
  FedOpsError,
  type Task,
  TaskChangesSchema,
  type TaskId,
  TaskInputSchema,
  TaskSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import type { Manager } from '../../manager.js';
import type { StoredTask } from '../../store/store.js';
import { openInitialModel } from '../../tasks/open-initial-model.js';
import { receiveInitialModel } from '../../tasks/receive-initial-model.js';
import { type Route, route } from '../route.js';
import { streamAnswer } from '../stream-answer.js';
import { TaskPath } from './path-schemas.js';

/** A task as it is shown. */
function taskView({ signature: _signature, serverReport: _report, ...task }: StoredTask): Task {
  return task;
}

export function taskRoutes(manager: Manager): readonly Route[] {
  const { tasks, devices, models, runRows, directories, limits } = manager;

  /** @throws {FedOpsError} `conflict` */
  async function assertNoRun(taskId: TaskId, what: string): Promise<void> {
    const run = (await runRows.unfinished()).find((one) => one.taskId === taskId);
    if (run === undefined) return;
    throw new FedOpsError('conflict', `run ${run.runId} of task ${taskId} goes on: ${what} when it is over`, {
      details: { runId: run.runId },
    });
  }

  return [
    route(
      {
        method: 'post',
        path: '/v1/tasks',
        operationId: 'createTask',
        summary: 'Create a task',
        access: 'operator',
        body: TaskInputSchema,
        answers: { 201: { description: 'The task', schema: TaskSchema } },
        errors: ['conflict', 'overloaded', 'storage'],
      },
      async ({ body }) => taskView(await tasks.create(body)),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks',
        operationId: 'listTasks',
        summary: 'All tasks',
        access: 'operator',
        answers: { 200: { description: 'In the order of their ids', schema: z.array(TaskSchema) } },
        errors: [],
      },
      async () => tasks.list().map(taskView),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}',
        operationId: 'getTask',
        summary: 'One task',
        access: 'member',
        params: TaskPath,
        answers: { 200: { description: 'The task', schema: TaskSchema } },
        errors: ['not-found'],
      },
      async ({ params }) => taskView(tasks.get(params.taskId)),
    ),
    route(
      {
        method: 'patch',
        path: '/v1/tasks/{taskId}',
        operationId: 'changeTask',
        summary: 'Change a task; a run that goes on keeps the settings that it began with',
        access: 'operator',
        params: TaskPath,
        body: TaskChangesSchema,
        answers: { 200: { description: 'The task as it is now', schema: TaskSchema } },
        errors: ['not-found', 'storage'],
      },
      async ({ params, body }) => taskView(await tasks.change(params.taskId, body)),
    ),
    route(
      {
        method: 'delete',
        path: '/v1/tasks/{taskId}',
        operationId: 'removeTask',
        summary: 'Remove a task with its devices, runs, models and metrics',
        access: 'operator',
        params: TaskPath,
        answers: { 204: { description: 'It is gone' } },
        errors: ['not-found', 'conflict', 'storage'],
      },
      async ({ params: { taskId } }) => {
        tasks.get(taskId);
        await assertNoRun(taskId, 'remove the task');
        await tasks.remove(taskId);
        devices.forgetTask(taskId);
        await rm(directories.task(taskId), { recursive: true, force: true });
      },
    ),
    route(
      {
        method: 'put',
        path: '/v1/tasks/{taskId}/initial-parameters',
        operationId: 'putInitialParameters',
        summary: 'Upload the model that the first run starts from',
        access: 'operator',
        params: TaskPath,
        rawBody: PARAMETERS_MEDIA_TYPE,
        answers: { 200: { description: 'The task as it is now', schema: TaskSchema } },
        errors: ['not-found', 'conflict', 'shape-mismatch', 'too-large', 'unsupported', 'storage'],
      },
      async ({ params: { taskId }, request }) => {
        const task = tasks.get(taskId);
        const path = directories.initialParameters(taskId);
        const received = await receiveInitialModel(request, path, limits.maxModelBytes);
        try {
          await assertNoRun(taskId, 'change its model');
          const [newest] = await models.list(task);
          if (newest !== undefined) {
            const { signature } = await models.get(task, String(newest.version));
            assertSameSignature(received.signature, signature);
          }
          await received.keep();
        } finally {
          await received.discard();
        }
        return taskView(await tasks.setInitialModel(taskId, received.model, received.signature));
      },
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/initial-parameters',
        operationId: 'getInitialParameters',
        summary: 'The model that the first run starts from',
        access: 'member',
        params: TaskPath,
        answers: { 200: { description: 'Encoded parameters', mediaType: PARAMETERS_MEDIA_TYPE } },
        errors: ['not-found', 'storage'],
      },
      async ({ params: { taskId }, response }) => {
        const { initialModel } = tasks.get(taskId);
        if (initialModel === null)
          throw new FedOpsError('not-found', `task ${taskId} has no initial model yet`);
        const model = await openInitialModel(directories.initialParameters(taskId));
        response.set({
          'Content-Type': PARAMETERS_MEDIA_TYPE,
          'Content-Length': String(initialModel.byteLength),
          ETag: `"${initialModel.digest}"`,
        });
        await streamAnswer(model, response);
      },
    ),
  ];
}
