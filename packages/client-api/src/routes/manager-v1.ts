import {
  ClientPartSchema,
  DeviceSchema,
  ManagedRunSchema,
  ModelVersionDetailSchema,
  ModelVersionSchema,
  type RunRequest,
  RunViewSchema,
  type TaskChanges,
  type TaskInput,
  TaskSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import { segment } from '../route.js';

/** An answer of 200 with an `error` is Python's, and no answer of these routes. */
const common = { errorAnswer: 'bad-response', presence: 'required' } as const;
const get = { ...common, method: 'GET', repetition: 'freely' } as const;
/** Sent twice, the second would be refused as a conflict with the first. */
const post = { ...common, method: 'POST', repetition: 'if-unheard' } as const;

const task = (taskId: string) => `/v1/tasks/${segment(taskId)}`;
const run = (runId: string) => `/v1/runs/${segment(runId)}`;

/** The API of our own server manager; docs/protocol.md 4. */
export const managerV1Routes = {
  health: { ...get, path: '/healthz', answer: z.object({ status: z.literal('ok') }) } as const,

  createTask: (body: TaskInput) => ({ ...post, path: '/v1/tasks', body, answer: TaskSchema }) as const,
  tasks: { ...get, path: '/v1/tasks', answer: z.array(TaskSchema) } as const,
  task: (taskId: string) => ({ ...get, path: task(taskId), answer: TaskSchema }) as const,
  changeTask: (taskId: string, body: TaskChanges) =>
    ({
      ...common,
      method: 'PATCH',
      repetition: 'freely',
      path: task(taskId),
      body,
      answer: TaskSchema,
    }) as const,

  startRun: (taskId: string, body: RunRequest) =>
    ({ ...post, path: `${task(taskId)}/runs`, body, answer: ManagedRunSchema }) as const,
  runs: (query: Readonly<Record<string, string>>) =>
    ({ ...get, path: '/v1/runs', query, answer: z.array(ManagedRunSchema) }) as const,
  run: (runId: string) => ({ ...get, path: run(runId), answer: ManagedRunSchema }) as const,
  /** A run that is over stays as it is: twice is once. */
  stopRun: (runId: string, message: string | undefined) =>
    ({
      ...post,
      repetition: 'freely',
      path: `${run(runId)}/stop`,
      body: message === undefined ? {} : { message },
      answer: ManagedRunSchema,
    }) as const,
  view: (runId: string) => ({ ...get, path: `${run(runId)}/view`, answer: RunViewSchema }) as const,
  parts: (runId: string) =>
    ({ ...get, path: `${run(runId)}/clients`, answer: z.array(ClientPartSchema) }) as const,

  devices: { ...get, path: '/v1/devices', answer: z.array(DeviceSchema) } as const,
  taskDevices: (taskId: string) =>
    ({ ...get, path: `${task(taskId)}/devices`, answer: z.array(DeviceSchema) }) as const,

  models: (taskId: string) =>
    ({ ...get, path: `${task(taskId)}/models`, answer: z.array(ModelVersionSchema) }) as const,
  model: (taskId: string, version: string) =>
    ({
      ...get,
      path: `${task(taskId)}/models/${segment(version)}`,
      answer: ModelVersionDetailSchema,
    }) as const,
};
