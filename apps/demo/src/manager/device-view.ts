import { ClientIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

/** How often each call of the control plane was made for one client, as the manager counted them. */
export const CallCountsSchema = z.object({
  /** `POST /start` that the client took. */
  start: z.int().min(0),
  /** `GET /online` that the client answered. */
  online: z.int().min(0),
  getPort: z.int().min(0),
  trainFin: z.int().min(0),
  clientOut: z.int().min(0),
});
export type CallCounts = z.infer<typeof CallCountsSchema>;
export type CountedCall = keyof CallCounts;

export const NO_CALLS: CallCounts = { start: 0, online: 0, getPort: 0, trainFin: 0, clientOut: 0 };

/** What a client's `/online` says of its session. */
export const SessionSeenSchema = z.object({
  phase: z.string(),
  reason: z.string(),
  /** ISO 8601; null where the state does not end by itself. */
  deadline: z.string().nullable(),
  round: z.int().min(1).optional(),
  progress: z.number().min(0).max(1).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type SessionSeen = z.infer<typeof SessionSeenSchema>;

/** A client as the manager sees it. */
export const DeviceViewSchema = z.object({
  clientId: ClientIdSchema,
  /** Null while it does not answer. */
  session: SessionSeenSchema.nullable(),
  /** Why it does not answer, or was not started; null where all is well. */
  problem: z.string().nullable(),
  calls: CallCountsSchema,
});
export type DeviceView = z.infer<typeof DeviceViewSchema>;
