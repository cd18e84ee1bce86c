import { RunIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

/** What an FL server that the manager did not start tells of itself by Python's routes. */
export const ServerReportSchema = z.object({
  bucket: z.string(),
  lastModel: z.string(),
  startedAt: z.string(),
  /** The version that the run is to publish; between runs the one after the last that was. */
  version: z.int().min(0),
  state: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('never-ran') }),
    z.object({ kind: z.literal('ready') }),
    z.object({ kind: z.literal('finished') }),
    z.object({ kind: z.literal('failed') }),
    z.object({ kind: z.literal('stopped') }),
  ]),
  /** The newest run whose FL server was ready. */
  run: z
    .object({
      runId: RunIdSchema,
      /** That it publishes. */
      version: z.int().min(1),
      /** Null while it goes on. */
      end: z.enum(['published', 'failed', 'stopped']).nullable(),
    })
    .nullable()
    .default(null),
  /** The run that the dashboard calls a campaign. */
  campaign: z
    .object({
      runId: z.string(),
      base: z.int().min(0),
      target: z.int().min(1),
      config: z.record(z.string(), z.unknown()),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      status: z.enum(['starting', 'running', 'completed', 'stopping', 'stopped', 'failed']),
    })
    .nullable(),
});
export type ServerReport = z.output<typeof ServerReportSchema>;
