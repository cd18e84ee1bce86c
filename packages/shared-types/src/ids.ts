import { z } from 'zod';

/**
 * Ids are free text, as in Python FedOps: percent-encoded in URLs and encoded into portable names on disk.
 * Branded, so that a task id cannot stand where a client id belongs.
 */
const idText = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !/\p{Surrogate}/u.test(text), 'must be well-formed Unicode');

/** Id of a task, one federated learning project: 1 to 200 characters. */
export const TaskIdSchema = idText.brand<'TaskId'>();
export type TaskId = z.infer<typeof TaskIdSchema>;

/** Id of a run, one training from its first round to its last: 1 to 200 characters. */
export const RunIdSchema = idText.brand<'RunId'>();
export type RunId = z.infer<typeof RunIdSchema>;

/** Id of a client, which it brings itself and keeps: 1 to 200 characters. Never a MAC. */
export const ClientIdSchema = idText.brand<'ClientId'>();
export type ClientId = z.infer<typeof ClientIdSchema>;
