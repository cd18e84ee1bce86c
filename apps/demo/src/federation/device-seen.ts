import { z } from 'zod';

/** What a client app is doing, as it says itself. */
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

/** What a client manager is at, as its `GET /state` says too. */
export const DeviceSeenSchema = z.object({
  phase: z.string(),
  /** A code for machines, and a sentence for people. */
  reason: z.string(),
  message: z.string(),
  isRegistered: z.boolean(),
  /** The run whose end for this device it knows of; null before the first. */
  last: z
    .object({
      runId: z.string(),
      /** How the device's part ended; null where it had none. */
      end: z.object({ state: z.string(), why: z.string().nullable() }).nullable(),
      isRunOver: z.boolean(),
    })
    .nullable(),
});
export type DeviceSeen = z.infer<typeof DeviceSeenSchema>;

/** True for a device that waits for its next run. */
export function isFree({ phase, reason }: DeviceSeen): boolean {
  return phase === 'waiting' && reason === 'no-run';
}
