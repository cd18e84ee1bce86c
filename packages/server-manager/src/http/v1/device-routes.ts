import {
  ClientIdSchema,
  ClientPartSchema,
  DeviceHeartbeatAnswerSchema,
  DeviceHeartbeatSchema,
  DeviceInstructionSchema,
  DeviceRegistrationAnswerSchema,
  DeviceRegistrationSchema,
  DeviceSchema,
  FedOpsError,
  PartReportSchema,
  RunIdSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import { externalInstructionFor } from '../../devices/external-instruction-for.js';
import { instructionFor } from '../../devices/instruction-for.js';
import type { Manager } from '../../manager.js';
import { isChosen } from '../../runs/chosen-clients.js';
import { isRunOf } from '../../tasks/is-run-of.js';
import { waitFor } from '../../topic.js';
import { holdRequests } from '../held-requests.js';
import { type Route, route } from '../route.js';
import { countIn, DevicePath, DeviceRunPath, TaskPath } from './path-schemas.js';

/** Below what proxies on the way let pass. */
const LONGEST_WAIT_MS = 25_000;
/** One is enough; those before it may have lost their connection without a word. */
const POLLS_OF_DEVICE = 4;

export function deviceRoutes(manager: Manager): readonly Route[] {
  const { tasks, devices, parts, runs, clock, runChanged, taskChanged, closing, limits } = manager;
  const polls = holdRequests('polls', { most: limits.maxHeldPolls, mostOfCaller: POLLS_OF_DEVICE });

  return [
    route(
      {
        method: 'post',
        path: '/v1/tasks/{taskId}/devices',
        operationId: 'registerDevice',
        summary: 'A device enrols, or comes back with its key and gets a new token',
        access: 'enrolled',
        params: TaskPath,
        body: DeviceRegistrationSchema,
        answers: { 201: { description: 'Registered', schema: DeviceRegistrationAnswerSchema } },
        errors: ['not-found', 'conflict', 'shape-mismatch', 'unsupported', 'overloaded', 'storage'],
      },
      async ({ params, body }) => devices.register(tasks.get(params.taskId), body),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/devices',
        operationId: 'listTaskDevices',
        summary: 'The devices of a task',
        access: 'operator',
        params: TaskPath,
        answers: { 200: { description: 'In the order in which they came', schema: z.array(DeviceSchema) } },
        errors: ['not-found'],
      },
      async ({ params }) => devices.list(tasks.get(params.taskId).taskId).map(devices.view),
    ),
    route(
      {
        method: 'get',
        path: '/v1/devices',
        operationId: 'listDevices',
        summary: 'The devices of all tasks',
        access: 'operator',
        answers: { 200: { description: 'By task', schema: z.array(DeviceSchema) } },
        errors: [],
      },
      async () => devices.list().map(devices.view),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/devices/{deviceId}',
        operationId: 'getDevice',
        summary: 'One device',
        access: 'operator',
        params: DevicePath,
        answers: { 200: { description: 'The device', schema: DeviceSchema } },
        errors: ['not-found'],
      },
      async ({ params }) => devices.view(devices.get(params.taskId, params.deviceId)),
    ),
    route(
      {
        method: 'delete',
        path: '/v1/tasks/{taskId}/devices/{deviceId}',
        operationId: 'removeDevice',
        summary: 'Forget a device: its id is free again, also for another key',
        access: 'operator',
        params: DevicePath,
        answers: { 204: { description: 'It is forgotten' } },
        errors: ['not-found', 'storage'],
      },
      async ({ params }) => devices.forget(params.taskId, params.deviceId),
    ),
    route(
      {
        method: 'post',
        path: '/v1/tasks/{taskId}/devices/{deviceId}/heartbeat',
        operationId: 'heartbeat',
        summary: 'A sign of life, and what the device is at',
        access: 'device',
        params: DevicePath,
        body: DeviceHeartbeatSchema,
        answers: { 200: { description: 'The lease is renewed', schema: DeviceHeartbeatAnswerSchema } },
        errors: ['not-found'],
      },
      async ({ params: { taskId, deviceId }, body }) => {
        devices.seen(taskId, deviceId, body.activity);
        const active = runs.active(taskId);
        const device = devices.get(taskId, deviceId);
        const isForIt = active === undefined || isChosen(active.settings.clients, device);
        return { leaseMs: limits.leaseMs, runId: active?.runId ?? null, isChosen: isForIt };
      },
    ),
    route(
      {
        method: 'delete',
        path: '/v1/tasks/{taskId}/devices/{deviceId}/lease',
        operationId: 'leave',
        summary: 'The device goes; it stays known and may come back',
        access: 'device',
        params: DevicePath,
        answers: { 204: { description: 'It is offline' } },
        errors: ['not-found'],
      },
      async ({ params }) => devices.leave(params.taskId, params.deviceId),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/devices/{deviceId}/instruction',
        operationId: 'nextInstruction',
        summary: 'What the device is to do, as soon as there is something; `run` names the run that it is at',
        access: 'device',
        params: DevicePath,
        query: z.object({
          waitMs: countIn({ min: 0, max: LONGEST_WAIT_MS, otherwise: LONGEST_WAIT_MS }),
          run: RunIdSchema.optional(),
        }),
        answers: {
          200: { description: 'Something to do', schema: DeviceInstructionSchema },
          204: { description: 'Nothing within the wait: ask again' },
        },
        errors: ['not-found', 'overloaded', 'storage'],
      },
      async ({ params: { taskId, deviceId }, query, response }) => {
        devices.seen(taskId, deviceId);
        const device = devices.get(taskId, deviceId);
        const kept = query.run === undefined ? undefined : await runs.find(query.run);
        const names = [deviceId, device.clientId];
        const lookElsewhere = () => {
          const task = tasks.find(taskId);
          const run = task?.serverReport?.run ?? null;
          if (task === undefined || run === null) return undefined;
          const part = parts.ended({ taskId, runId: run.runId }, names);
          return externalInstructionFor({ task, named: query.run, part });
        };
        const look = () => {
          const active = runs.active(taskId);
          const named = query.run === undefined ? undefined : (runs.known(query.run) ?? kept);
          return instructionFor({
            device,
            active,
            named: named?.taskId === taskId ? named : undefined,
            part: active === undefined ? undefined : parts.ended(active, names),
          });
        };
        const isExternal = tasks.get(taskId).server.kind === 'external';
        const now = isExternal ? lookElsewhere() : look();
        if (now !== undefined || query.waitMs === 0) return now;
        polls.hold(JSON.stringify([taskId, deviceId]), response);
        const gone = new AbortController();
        response.once('close', () => gone.abort());
        const signal = AbortSignal.any([gone.signal, closing]);
        const concerns = (changed: string) => changed === taskId;
        const wait = { waitMs: query.waitMs, signal, concerns };
        return isExternal
          ? waitFor({ topic: taskChanged, clock }, lookElsewhere, wait)
          : waitFor({ topic: runChanged, clock }, look, wait);
      },
    ),
    route(
      {
        method: 'put',
        path: '/v1/tasks/{taskId}/devices/{deviceId}/runs/{runId}',
        operationId: 'reportPart',
        summary: "The device's part of a run is over; the first word on how training ended stays",
        access: 'device',
        params: DeviceRunPath,
        body: PartReportSchema,
        answers: { 200: { description: 'What is held of it', schema: ClientPartSchema } },
        errors: ['not-found', 'storage'],
      },
      async ({ params: { taskId, deviceId, runId }, body }) => {
        devices.seen(taskId, deviceId);
        const isOurs = await isRunOf(manager, taskId, runId);
        const { clientId } = devices.get(taskId, deviceId);
        if (!isOurs) throw new FedOpsError('not-found', `task ${taskId} has no run ${runId}`);
        return parts.report({
          taskId,
          runId,
          clientId: ClientIdSchema.parse(clientId ?? deviceId),
          state: body.state,
          reason: body.reason ?? null,
          at: new Date(clock.now()).toISOString(),
        });
      },
    ),
  ];
}
