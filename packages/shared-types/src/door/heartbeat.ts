import { z } from 'zod';
import { ClientStatusSchema } from '../fedops/client-status.js';
import { RunIdSchema } from '../ids.js';

/** What a client is busy with, as it tells the server. */
export const ActivitySchema = z.object({
  kind: z.enum(['waiting', 'fitting', 'uploading', 'evaluating']),
  /** Run and round of the instruction that it works on; absent while it waits. */
  runId: RunIdSchema.optional(),
  round: z.int().min(1).optional(),
  /** 0 to 1, as far as the trainer tells. */
  progress: z.number().min(0).max(1).optional(),
});
export type Activity = z.infer<typeof ActivitySchema>;

/** `POST /v1/clients/{clientId}/heartbeat`: goes on while the device trains. */
export const HeartbeatSchema = z.object({
  status: ClientStatusSchema,
  activity: ActivitySchema,
});
export type Heartbeat = z.infer<typeof HeartbeatSchema>;

/** Answer to a heartbeat: docs/protocol.md 1.4. The lease is in milliseconds, from now. */
export const HeartbeatAnswerSchema = z.object({
  leaseMs: z.int().min(1),
  /** `abandon`: the work named in the activity is no longer wanted; stop it and ask for the next instruction. */
  work: z.enum(['go-on', 'abandon']),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswerSchema>;
