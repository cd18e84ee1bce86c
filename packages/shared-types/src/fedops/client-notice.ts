import { z } from 'zod';
import { FEDOPS_ERROR_CODES } from '../error.js';
import { ClientIdSchema, RunIdSchema, TaskIdSchema } from '../ids.js';

const sender = {
  client_id: ClientIdSchema,
  /** A label for people; `client_id` is who the client is. */
  client_mac: z.string().max(100).nullish(),
  /** Null where the client had joined no run. */
  run_id: RunIdSchema.nullable(),
};

/** What one client says of itself alone: `PUT /FLSe/ClientOut/…` and `/FLSe/ClientTrainFin/…`. */
export const ClientNoticeSchema = z.object(sender);
export type ClientNotice = z.infer<typeof ClientNoticeSchema>;

/** `PUT /FLSe/ClientTrainFail/{task_id}`: this client's training failed, and why. */
export const ClientFailureNoticeSchema = z.object({
  ...sender,
  reason: z.object({ code: z.enum(FEDOPS_ERROR_CODES), message: z.string().max(2_000) }).optional(),
});
export type ClientFailureNotice = z.infer<typeof ClientFailureNoticeSchema>;

/** The manager's answer to the three: what it now holds of this client. */
export const ClientNoticeAnswerSchema = z.object({
  task_id: TaskIdSchema,
  client_id: ClientIdSchema,
  run_id: RunIdSchema.nullable(),
  state: z.enum(['out', 'train-finished', 'train-failed']),
});
export type ClientNoticeAnswer = z.infer<typeof ClientNoticeAnswerSchema>;
