import { z } from 'zod';
import { BaseUrlSchema } from '../fedops/manager-data.js';
import { TaskIdSchema } from '../ids.js';
import { Sha256Schema } from '../scalars.js';
import { RunOverridesSchema, RunSettingsSchema } from './run-settings.js';

/** Who starts the FL server of a task. */
const TaskServerSchema = z.discriminatedUnion('kind', [
  /** The server manager does, for each run. */
  z.strictObject({ kind: z.literal('managed') }),
  /** Somebody else does; it tells of itself by `/FLSe/FLSeUpdate`. */
  z.strictObject({ kind: z.literal('external'), url: BaseUrlSchema }),
]);
export type TaskServer = z.output<typeof TaskServerSchema>;

/** What starts runs besides an operator. */
const TriggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('manual') }),
  z.strictObject({
    kind: z.literal('cron'),
    /** Five or six fields, such as `0 3 * * *`. */
    expression: z.string().min(1).max(200),
    /** An IANA name, such as `Asia/Seoul`. */
    timeZone: z.string().min(1).max(100).default('UTC'),
  }),
  z.strictObject({
    kind: z.literal('devices-ready'),
    /** A run starts once so many devices are online and idle. */
    devices: z.int().min(1),
    /** How long after the end of a run the next one may start; milliseconds. */
    pauseMs: z.int().min(0).default(60_000),
  }),
]);
export type Trigger = z.output<typeof TriggerSchema>;

/** What makes a version `best`: the named metric and which way is better. */
const BestBySchema = z.strictObject({
  metric: z.string().min(1).max(100),
  direction: z.enum(['maximize', 'minimize']),
});
export type BestBy = z.output<typeof BestBySchema>;

const title = z.string().max(300);

/** `POST /v1/tasks`. */
export const TaskInputSchema = z.strictObject({
  taskId: TaskIdSchema,
  title: title.default(''),
  server: TaskServerSchema.default({ kind: 'managed' }),
  run: RunSettingsSchema.prefault({}),
  trigger: TriggerSchema.default({ kind: 'manual' }),
  bestBy: BestBySchema.nullable().default(null),
});
/** A task as an operator sends it: what has a default may be left out. */
export type TaskInput = z.input<typeof TaskInputSchema>;

/** `PATCH /v1/tasks/{taskId}`: what is given replaces what was; of `run`, setting by setting. */
export const TaskChangesSchema = z.strictObject({
  title: title.optional(),
  server: TaskServerSchema.optional(),
  run: RunOverridesSchema.optional(),
  trigger: TriggerSchema.optional(),
  bestBy: BestBySchema.nullable().optional(),
});
export type TaskChanges = z.output<typeof TaskChangesSchema>;

/** The model that a task's first run starts from. */
export const InitialModelSchema = z.object({
  digest: Sha256Schema,
  byteLength: z.int().min(1),
  /** SHA-256 of the canonical form of the parameters' signature. */
  signatureDigest: Sha256Schema,
  tensors: z.int().min(1),
});
export type InitialModel = z.output<typeof InitialModelSchema>;

/** One federated learning project, as the server manager answers it. */
export const TaskSchema = z.object({
  taskId: TaskIdSchema,
  title,
  server: TaskServerSchema,
  run: RunSettingsSchema,
  trigger: TriggerSchema,
  bestBy: BestBySchema.nullable(),
  /** Null until it is uploaded; a managed task needs it to run. */
  initialModel: InitialModelSchema.nullable(),
  createdAt: z.iso.datetime(),
});
export type Task = z.output<typeof TaskSchema>;
