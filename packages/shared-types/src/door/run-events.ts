import { z } from 'zod';
import { FEDOPS_ERROR_CODES } from '../error.js';
import { ClientIdSchema, RunIdSchema, TaskIdSchema } from '../ids.js';
import { Sha256Schema } from '../scalars.js';
import {
  ClientFailureViewSchema,
  EvaluationViewSchema,
  RoundRecordSchema,
  RunViewSchema,
  UpdateViewSchema,
} from './run-view.js';

/**
 * The id of an event: when the run began, and two numbers that grow. The first counts what is journalled and is the
 * same after a restart of the server; the second counts what happened since and is not journalled.
 */
export const RunEventIdSchema = z
  .string()
  .regex(/^[0-9a-z]{1,12}-\d{1,15}\.\d{1,15}$/, 'must be the id of an event');
export type RunEventId = z.infer<typeof RunEventIdSchema>;

/** In place of an id: before the first event of a run. */
export const BEFORE_THE_FIRST_EVENT = '0';

const common = {
  id: RunEventIdSchema,
  at: z.iso.datetime(),
  runId: RunIdSchema,
};
const round = z.int().min(1);
const attempt = z.int().min(1);
const deadline = z.iso.datetime();
const code = z.enum(FEDOPS_ERROR_CODES);
const presence = { clientId: ClientIdSchema, name: z.string().nullable() };

/** `GET /v1/run/events`: one thing that happened to a run. `kind` is the SSE event's name. Holds no parameter values. */
export const RunEventSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('run-began'),
    taskId: TaskIdSchema,
    rounds: z.int().min(1),
    baseVersion: z.int().min(0),
    nextVersion: z.int().min(1),
    clientsNeeded: z.int().min(1),
    quorum: z.int().min(1),
    listedClients: z.array(ClientIdSchema).optional(),
  }),
  /** The server is back: the phase has its whole time again, and who is connected will be told anew. */
  z.object({ ...common, kind: z.literal('run-resumed'), deadline }),

  z.object({ ...common, kind: z.literal('round-began'), round, attempt, deadline }),
  /** Enough clients are there; those asked are fixed from here on. */
  z.object({
    ...common,
    kind: z.literal('round-opened'),
    round,
    attempt,
    asked: z.array(ClientIdSchema),
    updatesNeeded: z.int().min(1),
    deadline,
  }),
  z.object({ ...common, kind: z.literal('update-received'), round, update: UpdateViewSchema }),
  z.object({ ...common, kind: z.literal('client-failed'), round, failure: ClientFailureViewSchema }),
  /** A client that was lost is back, and is waited for again. */
  z.object({
    ...common,
    kind: z.literal('client-expected-again'),
    round,
    clientId: ClientIdSchema,
    work: z.enum(['fit', 'evaluate']),
  }),
  /** The round could close, and waits a last time for updates that are on their way. */
  z.object({ ...common, kind: z.literal('late-updates-awaited'), round, deadline }),
  z.object({ ...common, kind: z.literal('aggregation-began'), round, deadline }),
  z.object({
    ...common,
    kind: z.literal('aggregated'),
    round,
    digest: Sha256Schema,
    fitMetrics: RoundRecordSchema.shape.fitMetrics,
  }),
  z.object({
    ...common,
    kind: z.literal('evaluation-began'),
    round,
    asked: z.array(ClientIdSchema),
    centralEvaluation: z.enum(['none', 'running']),
    deadline,
  }),
  z.object({ ...common, kind: z.literal('evaluation-received'), round, evaluation: EvaluationViewSchema }),
  z.object({
    ...common,
    kind: z.literal('centrally-evaluated'),
    round,
    evaluation: EvaluationViewSchema.omit({ clientId: true }),
  }),
  z.object({ ...common, kind: z.literal('central-evaluation-failed'), round, message: z.string() }),
  z.object({ ...common, kind: z.literal('round-closed'), record: RoundRecordSchema }),
  z.object({ ...common, kind: z.literal('round-failed'), attempt, record: RoundRecordSchema }),

  z.object({ ...common, kind: z.literal('publishing-began'), version: z.int().min(1), deadline }),
  z.object({
    ...common,
    kind: z.literal('version-published'),
    version: z.int().min(1),
    digest: Sha256Schema,
  }),
  z.object({ ...common, kind: z.literal('run-failed'), reason: z.string(), code, message: z.string() }),
  /** Nothing more can be stored; a restart of the server goes on from here. */
  z.object({ ...common, kind: z.literal('run-suspended'), code, message: z.string() }),

  z.object({ ...common, kind: z.literal('client-connected'), ...presence }),
  z.object({ ...common, kind: z.literal('client-lost'), ...presence }),
  z.object({ ...common, kind: z.literal('client-left'), ...presence }),
  /** Gone for so long that the server does not list it any more. */
  z.object({ ...common, kind: z.literal('client-forgotten'), ...presence }),

  /** The whole picture, for a reader that missed too much to catch up. */
  z.object({ ...common, kind: z.literal('reset'), view: RunViewSchema }),
]);
export type RunEvent = z.infer<typeof RunEventSchema>;
