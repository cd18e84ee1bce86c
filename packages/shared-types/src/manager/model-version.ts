import { z } from 'zod';
import { RunIdSchema, TaskIdSchema } from '../ids.js';
import { MetricsSchema, Sha256Schema } from '../scalars.js';
import { SignatureSchema } from '../signature.js';

/** A published global model V(n). */
export const ModelVersionSchema = z.object({
  taskId: TaskIdSchema,
  version: z.int().min(1),
  runId: RunIdSchema,
  /** 0 where it comes from the task's initial model. */
  baseVersion: z.int().min(0),
  digest: Sha256Schema,
  byteLength: z.int().min(1),
  signatureDigest: Sha256Schema,
  /** Of the last round: those of its evaluation, and those of its fits as `fit_…`. */
  metrics: MetricsSchema,
  publishedAt: z.iso.datetime(),
  aliases: z.array(z.enum(['latest', 'best'])),
});
export type ModelVersion = z.output<typeof ModelVersionSchema>;

/** A version with the manifest that the FL server published it by. */
export const ModelVersionDetailSchema = ModelVersionSchema.extend({
  signature: SignatureSchema,
  /** Lineage, participants, strategy and its state, software: as the model store has it. */
  manifest: z.record(z.string(), z.json()),
});
export type ModelVersionDetail = z.output<typeof ModelVersionDetailSchema>;
