import { z } from 'zod';
import { RunIdSchema, TaskIdSchema } from '../ids.js';
import { Sha256Schema } from '../scalars.js';
import { RunOverridesSchema, RunSettingsSchema } from './run-settings.js';

/** `POST /v1/tasks/{taskId}/runs`: starts a run; what is not given is the task's. */
export const RunRequestSchema = RunOverridesSchema;
/** The request as an operator sends it. */
export type RunRequest = z.input<typeof RunRequestSchema>;

const since = z.iso.datetime();
const waiting = { since, deadline: z.iso.datetime() };
const server = { url: z.string(), port: z.int().min(1).max(65_535), pid: z.int().min(1) };

/** Where a run stands. */
export const ManagedRunStateSchema = z.discriminatedUnion('status', [
  /** Its FL server is being started; also after a crash, where the run may go on. */
  z.object({ status: z.literal('starting'), ...waiting }),
  z.object({
    status: z.literal('running'),
    ...waiting,
    ...server,
    /** `host:port` for Python's Flower clients, where it has a door for them. */
    flowerAddress: z.string().optional(),
  }),
  /** Its FL server stands still and has gone, as where the disk is full; at `deadline` it is started again. */
  z.object({
    status: z.literal('suspended'),
    ...waiting,
    reason: z.string(),
    message: z.string(),
    /** Which start in a row this will be, of how many. */
    attempt: z.int().min(1),
    attempts: z.int().min(1),
  }),
  z.object({ status: z.literal('stopping'), ...waiting, message: z.string() }),
  z.object({ status: z.literal('published'), since, version: z.int().min(1), digest: Sha256Schema }),
  z.object({ status: z.literal('failed'), since, reason: z.string(), message: z.string() }),
]);
export type ManagedRunState = z.output<typeof ManagedRunStateSchema>;

/** One run as the server manager answers it: from base version n it publishes n+1, or fails with a reason. */
export const ManagedRunSchema = z.object({
  runId: RunIdSchema,
  taskId: TaskIdSchema,
  settings: RunSettingsSchema,
  /** 0 where the run starts from the task's initial model. */
  baseVersion: z.int().min(0),
  startedBy: z.enum(['operator', 'cron', 'devices-ready']),
  createdAt: since,
  /** How often its FL server was started again after a crash. */
  restarts: z.int().min(0),
  state: ManagedRunStateSchema,
});
export type ManagedRun = z.output<typeof ManagedRunSchema>;
