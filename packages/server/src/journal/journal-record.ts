import {
  type ClientId,
  ClientIdSchema,
  ConfigSchema,
  EvaluationSchema,
  FEDOPS_ERROR_CODES,
  MetricsSchema,
  ParametersRefSchema,
  RunClientsSchema,
  RunIdSchema,
  type Sha256,
  Sha256Schema,
  SignatureSchema,
  TaskIdSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import type { RunPlan } from '../run/run-plan.js';
import type { GlobalModel, RunEvent } from '../run/run-state.js';

const round = z.int().min(1);
const ms = z.number().min(0);
const code = z.enum(FEDOPS_ERROR_CODES);
const clients = z.array(ClientIdSchema);

const GlobalModelSchema = z.object({
  round: z.int().min(0),
  parameters: ParametersRefSchema,
  scalars: z.record(z.string(), z.number()),
  moments: z.array(ParametersRefSchema),
});

const UpdateSchema = z.object({
  clientId: ClientIdSchema,
  numExamples: z.int().min(1),
  metrics: MetricsSchema,
  digest: Sha256Schema,
  l2Norm: z.number(),
  slot: z.int().min(0),
});

const FailureSchema = z.object({
  clientId: ClientIdSchema,
  work: z.enum(['fit', 'evaluate']),
  origin: z.enum(['reported', 'refused', 'lost']),
  code,
  message: z.string(),
});

const at = z.number();

const EventSchema = z.discriminatedUnion('kind', [
  z.object({ at, kind: z.literal('connected-changed'), connected: clients }),
  z.object({ at, kind: z.literal('fit-received'), round, update: UpdateSchema }),
  z.object({ at, kind: z.literal('work-failed'), round, failure: FailureSchema }),
  z.object({
    at,
    kind: z.literal('evaluation-received'),
    round,
    clientId: ClientIdSchema,
    evaluation: EvaluationSchema,
  }),
  z.object({
    at,
    kind: z.literal('aggregated'),
    model: GlobalModelSchema,
    // Of all clients together: what limits one client's metrics does not hold.
    metrics: z.record(z.string(), z.number()),
    connected: clients,
  }),
  z.object({ at, kind: z.literal('aggregation-failed'), code, message: z.string() }),
  z.object({ at, kind: z.literal('centrally-evaluated'), evaluation: EvaluationSchema }),
  z.object({ at, kind: z.literal('central-evaluation-failed'), message: z.string() }),
  z.object({ at, kind: z.literal('published'), version: z.int().min(1), path: z.string() }),
  z.object({ at, kind: z.literal('publish-failed'), code, message: z.string() }),
  z.object({ at, kind: z.literal('deadline-passed') }),
  z.object({ at, kind: z.literal('resumed') }),
  z.object({ at, kind: z.literal('stopped'), message: z.string() }),
]);

const PlanSchema = z.object({
  taskId: TaskIdSchema,
  runId: RunIdSchema,
  rounds: z.int().min(1),
  seed: z.int(),
  baseVersion: z.int().min(0),
  signature: SignatureSchema,
  strategy: z.object({ name: z.string(), settings: ConfigSchema }),
  // Journals of older servers do not have it.
  clients: RunClientsSchema.default({ kind: 'any' }),
  selection: z.object({ fraction: z.number(), minClients: z.int(), minConnected: z.int() }),
  clientEvaluation: z.object({ fraction: z.number() }),
  centralEvaluation: z.enum(['none', 'every-round']),
  policy: z.object({
    quorum: z.int(),
    overSelection: z.number(),
    lateUpdatesMs: ms,
    retries: z.int(),
    waitForClientsMs: ms,
    fitMs: ms,
    aggregateMs: ms,
    evaluateMs: ms,
    publishMs: ms,
  }),
});

/** What a run's journal holds: first how it began, then everything that happened to it. */
export type JournalRecord =
  | { readonly kind: 'run-began'; readonly plan: RunPlan; readonly model: GlobalModel; readonly at: number }
  | { readonly kind: 'event'; readonly event: RunEvent }
  /** A client showed this key first: who comes with its id after a restart must show it again. */
  | { readonly kind: 'client-known'; readonly clientId: ClientId; readonly keyHash: Sha256 };

export const JournalRecordSchema: z.ZodType<JournalRecord> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run-began'), plan: PlanSchema, model: GlobalModelSchema, at }),
  z.object({ kind: z.literal('event'), event: EventSchema }),
  z.object({ kind: z.literal('client-known'), clientId: ClientIdSchema, keyHash: Sha256Schema }),
]);
