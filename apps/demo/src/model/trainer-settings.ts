import { parseWith } from '@fedops/shared-types';
import { z } from 'zod';

const TrainerSettingsSchema = z.discriminatedUnion('role', [
  z.object({
    role: z.literal('client'),
    /** How many clients share the 60,000 training images, and which of them this is, from 0. */
    clients: z.int().min(1),
    client: z.int().min(0),
    partition: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('iid') }),
      z.object({ kind: z.literal('shards'), perClient: z.int().min(1) }),
      z.object({ kind: z.literal('dirichlet'), alpha: z.number().positive() }),
    ]),
    /** Of the partition: the same for all clients, or their data overlap. */
    seed: z.int().min(0).max(0xffff_ffff),
  }),
  z.object({ role: z.literal('examiner') }),
]);

/**
 * Whose trainer it is: a client's, with its share of the training images, or the examiner's, who measures models on
 * the 10,000 test images. Plain data, fit to be posted to a worker.
 */
export type TrainerSettings = z.infer<typeof TrainerSettingsSchema>;

/** @throws {FedOpsError} `invalid-argument`, naming every field that is wrong. */
export function parseTrainerSettings(data: unknown): TrainerSettings {
  return parseWith(
    TrainerSettingsSchema.refine(
      (settings) => settings.role === 'examiner' || settings.client < settings.clients,
      { path: ['client'], message: 'must be below clients' },
    ),
    data,
    'trainer settings',
  );
}
