import { z } from 'zod';
import { ClientIdSchema, RunIdSchema, TaskIdSchema } from '../ids.js';

/** What a row of measurements is about; those of Python's performance service, and free ones. */
export const METRIC_KINDS = [
  'train',
  'test',
  'client-time',
  'client-system',
  'xai',
  'model',
  'server-time',
  'custom',
] as const;

const row = {
  kind: z.enum(METRIC_KINDS),
  runId: RunIdSchema.nullable().default(null),
  clientId: ClientIdSchema.nullable().default(null),
  round: z.int().min(0).nullable().default(null),
  /** The global model version that was being built. */
  version: z.int().min(0).nullable().default(null),
  values: z.record(z.string().min(1).max(200), z.json()),
};

/** `POST /v1/tasks/{taskId}/metrics`: rows to keep, all or none. */
export const MetricRowsInputSchema = z.object({ rows: z.array(z.object(row)).min(1).max(1_000) });
/** Rows as they are sent: what has a default may be left out. */
export type MetricRowsInput = z.input<typeof MetricRowsInputSchema>;

/** A row as it is kept. */
export const MetricRowSchema = z.object({
  /** Grows with each row. */
  id: z.int().min(1),
  taskId: TaskIdSchema,
  at: z.iso.datetime(),
  ...row,
});
export type MetricRow = z.output<typeof MetricRowSchema>;
