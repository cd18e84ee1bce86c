import { z } from 'zod';
import { FEDOPS_ERROR_CODES } from '../error.js';
import { ClientIdSchema, RunIdSchema, TaskIdSchema } from '../ids.js';
import { MetricsSchema, Sha256Schema } from '../scalars.js';
import { ActivitySchema } from './heartbeat.js';

const FailureViewSchema = z.object({
  clientId: ClientIdSchema,
  work: z.enum(['fit', 'evaluate']),
  code: z.enum(FEDOPS_ERROR_CODES),
  message: z.string(),
});

/** Of many clients together, so that what limits one client's metrics does not hold. */
const MeanMetricsSchema = z.record(z.string(), z.number());

/** One measured quality of a global model: loss, number of examples, metrics such as `accuracy`. */
const QualitySchema = z.object({ loss: z.number(), numExamples: z.int(), metrics: MeanMetricsSchema });

/** What is known of a client's update: never a value of its parameters. */
export const UpdateViewSchema = z.object({
  clientId: ClientIdSchema,
  numExamples: z.int(),
  metrics: MetricsSchema,
  /** SHA-256 of the body as it came. */
  digest: Sha256Schema,
});
export type UpdateView = z.infer<typeof UpdateViewSchema>;

/** What a client measured of the round's model. */
export const EvaluationViewSchema = QualitySchema.extend({ clientId: ClientIdSchema });
export type EvaluationView = z.infer<typeof EvaluationViewSchema>;

/** A failure and how it became known: by the client itself, by a refusal, or by silence. */
export const ClientFailureViewSchema = FailureViewSchema.extend({
  origin: z.enum(['reported', 'refused', 'lost']),
});
export type ClientFailureView = z.infer<typeof ClientFailureViewSchema>;

/** The server's own measurement of the round's model. */
export const CentralEvaluationViewSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('none') }),
  z.object({ status: z.literal('running') }),
  z.object({ status: z.literal('measured'), evaluation: QualitySchema }),
  z.object({ status: z.literal('failed'), message: z.string() }),
]);
export type CentralEvaluationView = z.infer<typeof CentralEvaluationViewSchema>;

/** The round that is going on. Lists are in the order of client ids. */
export const OpenRoundSchema = z.object({
  round: z.int().min(1),
  /** Counted from 1; a failed round may be tried again. */
  attempt: z.int().min(1),
  /** So many clients must be connected before the round begins. */
  clientsNeeded: z.int().min(1),
  /** Fewest updates that make a round. */
  quorum: z.int().min(1),
  /** While clients fit: so many updates are enough. */
  updatesNeeded: z.int().optional(),
  /** Whom the open phase asked: for updates in `fitting`, for evaluations in `evaluating`, else nobody. */
  asked: z.array(ClientIdSchema),
  updates: z.array(UpdateViewSchema),
  evaluations: z.array(EvaluationViewSchema),
  /** Of the fit, then of the evaluation. */
  failures: z.array(ClientFailureViewSchema),
  centralEvaluation: CentralEvaluationViewSchema,
});
export type OpenRound = z.infer<typeof OpenRoundSchema>;

/** A past round, closed or failed. */
export const RoundRecordSchema = z.object({
  round: z.int().min(0),
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('closed'), digest: Sha256Schema }),
    z.object({ kind: z.literal('failed'), reason: z.string(), message: z.string() }),
  ]),
  participants: z.array(z.object({ clientId: ClientIdSchema, numExamples: z.int(), digest: Sha256Schema })),
  failures: z.array(FailureViewSchema),
  /** Mean of the participants' fit metrics, weighted by numExamples. */
  fitMetrics: MeanMetricsSchema,
  /** Measured by the server on data of its own. */
  centralEvaluation: QualitySchema.optional(),
  /** Measured by the clients, weighted by numExamples. */
  clientEvaluation: QualitySchema.optional(),
  seconds: z.number(),
});
export type RoundRecord = z.infer<typeof RoundRecordSchema>;

/** Where a run stands and, while it waits: why, since when, for whom, until when. Times are ISO 8601 in UTC. */
export const RunStateViewSchema = z.object({
  phase: z.enum([
    'waiting-for-clients',
    'fitting',
    'aggregating',
    'evaluating',
    'publishing',
    'finished',
    'failed',
    'suspended',
  ]),
  /** A code for machines … */
  reason: z.string(),
  /** … and the same as a sentence. */
  explanation: z.string(),
  since: z.iso.datetime(),
  /** When this wait ends by itself; null in `finished` and `failed`, and in `suspended`, which a restart ends. */
  deadline: z.iso.datetime().nullable(),
  waitingFor: z.array(ClientIdSchema),
});
export type RunStateView = z.infer<typeof RunStateViewSchema>;

/** `GET /v1/run`. */
export const RunViewSchema = z.object({
  taskId: TaskIdSchema,
  runId: RunIdSchema,
  round: z.int().min(0),
  rounds: z.int().min(1),
  baseVersion: z.int().min(0),
  nextVersion: z.int().min(1),
  state: RunStateViewSchema,
  /** The only clients that may take part; absent where every client may. In the order of ids. */
  listedClients: z.array(ClientIdSchema).optional(),
  clients: z.array(
    z.object({
      clientId: ClientIdSchema,
      /** What the device calls itself; null where it says nothing. */
      name: z.string().nullable(),
      connection: z.enum(['connected', 'lost', 'left']),
      lastSeen: z.iso.datetime(),
      activity: ActivitySchema.nullable(),
    }),
  ),
  /** Absent where no round is open. */
  openRound: OpenRoundSchema.optional(),
  /** The last hundred past rounds, oldest first. */
  history: z.array(RoundRecordSchema),
  published: z.object({ version: z.int().min(1), digest: Sha256Schema }).nullable(),
});
export type RunView = z.infer<typeof RunViewSchema>;
