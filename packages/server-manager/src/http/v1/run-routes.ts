import {
  ClientPartSchema,
  FedOpsError,
  type ManagedRun,
  ManagedRunSchema,
  parseWith,
  type RunId,
  RunIdSchema,
  RunRequestSchema,
  type RunView,
  RunViewSchema,
  TaskIdSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import type { Manager } from '../../manager.js';
import type { StoredRun } from '../../store/store.js';
import { askServer, jsonOf, type ServerCredentials } from '../ask-server.js';
import { holdRequests } from '../held-requests.js';
import { type Route, route } from '../route.js';
import { EVENT_STREAM_HEADERS, passOnEvents } from './pass-on-events.js';
import { countIn, RunPath, TaskPath } from './path-schemas.js';

const VIEW_WITHIN_MS = 5_000;
const MEGABYTE = 1024 * 1024;
const Listed = { limit: countIn({ min: 1, max: 1_000, otherwise: 100 }), before: RunIdSchema.optional() };

/** A run as it is shown. */
function runView({
  port: _port,
  flowerPort: _flowerPort,
  tokenHash: _token,
  standstills: _standstills,
  ...run
}: StoredRun): ManagedRun {
  return run;
}

export function runRoutes(manager: Manager): readonly Route[] {
  const { tasks, runs, runRows, parts, launcher, serverCredentials, closing, limits } = manager;
  const streams = holdRequests('event streams', {
    most: limits.maxEventStreams,
    mostOfCaller: limits.maxEventStreamsPerAddress,
  });

  /** Asks the FL server while there is one, then what was seen last. */
  async function viewOf(runId: RunId): Promise<RunView> {
    await runs.get(runId);
    const url = runs.serverUrl(runId);
    const live =
      url === undefined ? undefined : await viewFrom(url, serverCredentials).catch(() => undefined);
    const view = live ?? (await runRows.view(runId));
    if (view !== undefined) return view;
    throw new FedOpsError(
      'unavailable',
      `the FL server of run ${runId} does not answer, and nothing was seen of it`,
    );
  }

  return [
    route(
      {
        method: 'post',
        path: '/v1/tasks/{taskId}/runs',
        operationId: 'startRun',
        summary: "Start a run; what is not given is the task's",
        access: 'operator',
        params: TaskPath,
        body: RunRequestSchema.prefault({}),
        answers: { 201: { description: 'It begins', schema: ManagedRunSchema } },
        errors: ['not-found', 'conflict', 'unsupported', 'overloaded', 'storage'],
      },
      async ({ params, body }) => runView(await runs.start(params.taskId, body, 'operator')),
    ),
    route(
      {
        method: 'get',
        path: '/v1/tasks/{taskId}/runs',
        operationId: 'listTaskRuns',
        summary: 'The runs of a task, newest first; `before` names the last of the page before',
        access: 'member',
        params: TaskPath,
        query: z.object(Listed),
        answers: { 200: { description: 'A page of runs', schema: z.array(ManagedRunSchema) } },
        errors: ['not-found', 'storage'],
      },
      async ({ params, query: { limit, before } }) => {
        const { taskId } = tasks.get(params.taskId);
        return (await runs.list({ taskId, limit, ...(before !== undefined && { before }) })).map(runView);
      },
    ),
    route(
      {
        method: 'get',
        path: '/v1/runs',
        operationId: 'listRuns',
        summary: 'The runs of all tasks, newest first',
        access: 'operator',
        query: z.object({ ...Listed, task: TaskIdSchema.optional() }),
        answers: { 200: { description: 'A page of runs', schema: z.array(ManagedRunSchema) } },
        errors: ['storage'],
      },
      async ({ query: { limit, before, task } }) => {
        const query = {
          limit,
          ...(before !== undefined && { before }),
          ...(task !== undefined && { taskId: task }),
        };
        return (await runs.list(query)).map(runView);
      },
    ),
    route(
      {
        method: 'get',
        path: '/v1/runs/{runId}',
        operationId: 'getRun',
        summary: 'One run',
        access: 'operator',
        params: RunPath,
        answers: { 200: { description: 'The run', schema: ManagedRunSchema } },
        errors: ['not-found', 'storage'],
      },
      async ({ params }) => runView(await runs.get(params.runId)),
    ),
    route(
      {
        method: 'post',
        path: '/v1/runs/{runId}/stop',
        operationId: 'stopRun',
        summary: 'End a run as failed; one that is over stays as it is',
        access: 'operator',
        params: RunPath,
        body: z
          .object({ message: z.string().min(1).max(500).default('stopped by the operator') })
          .prefault({}),
        answers: { 200: { description: 'The run as it is now', schema: ManagedRunSchema } },
        errors: ['not-found', 'storage'],
      },
      async ({ params, body }) => runView(await runs.stop(params.runId, body.message)),
    ),
    route(
      {
        method: 'get',
        path: '/v1/runs/{runId}/view',
        operationId: 'viewRun',
        summary: 'The run from within: phase, why and for whom it waits, past rounds',
        access: 'operator',
        params: RunPath,
        answers: { 200: { description: 'As the FL server has it, or had it last', schema: RunViewSchema } },
        errors: ['not-found', 'unavailable', 'storage'],
      },
      async ({ params }) => viewOf(params.runId),
    ),
    route(
      {
        method: 'get',
        path: '/v1/runs/{runId}/events',
        operationId: 'followRun',
        summary: 'What happens to a run, passed on from its FL server while that takes requests',
        access: 'operator',
        params: RunPath,
        query: z.object({ after: z.string().max(100).optional() }),
        answers: { 200: { description: "The FL server's events", mediaType: 'text/event-stream' } },
        errors: ['not-found', 'unavailable', 'overloaded', 'storage'],
      },
      async ({ params: { runId }, query, request, response }) => {
        await runs.get(runId);
        const url = runs.serverUrl(runId);
        if (url === undefined) {
          throw new FedOpsError('unavailable', `run ${runId} has no FL server that takes requests`);
        }
        if (request.method === 'HEAD') {
          response.set(EVENT_STREAM_HEADERS).end();
          return;
        }
        // All operators show the same token.
        streams.hold(request.socket.remoteAddress ?? '', response);
        // A browser that reconnects sends the header, and the query of its first connection along with it.
        const after = request.get('Last-Event-ID')?.slice(0, 100) ?? query.after;
        await passOnEvents(response, { url, credentials: serverCredentials, after, signal: closing });
      },
    ),
    route(
      {
        method: 'get',
        path: '/v1/runs/{runId}/clients',
        operationId: 'listParts',
        summary: "How each client's part of the run ended",
        access: 'operator',
        params: RunPath,
        answers: { 200: { description: 'Those that said so', schema: z.array(ClientPartSchema) } },
        errors: ['not-found', 'storage'],
      },
      async ({ params: { runId } }) => parts.list((await runs.get(runId)).taskId, runId),
    ),
    route(
      {
        method: 'get',
        path: '/v1/runs/{runId}/log',
        operationId: 'getRunLog',
        summary: "The end of the FL server's log",
        access: 'operator',
        params: RunPath,
        query: z.object({ bytes: countIn({ min: 1, max: 16 * MEGABYTE, otherwise: MEGABYTE }) }),
        answers: { 200: { description: 'JSON lines', mediaType: 'text/plain' } },
        errors: ['not-found', 'storage'],
      },
      async ({ params: { runId }, query, response }) => {
        const { taskId } = await runs.get(runId);
        const log = await launcher.log({ taskId, runId }, query.bytes);
        response.type('text/plain').send(log);
      },
    ),
  ];
}

async function viewFrom(url: string, credentials: ServerCredentials): Promise<RunView> {
  const signal = AbortSignal.timeout(VIEW_WITHIN_MS);
  const answer = await askServer({ url, path: '/v1/run', accept: 'application/json', signal }, credentials);
  return parseWith(RunViewSchema, await jsonOf(answer), 'answer of GET /v1/run', 'bad-response');
}
