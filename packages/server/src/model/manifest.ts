import {
  ClientIdSchema,
  ParametersRefSchema,
  RunIdSchema,
  Sha256Schema,
  SignatureSchema,
  TaskIdSchema,
} from '@fedops/shared-types';
import { z } from 'zod';

/** Format of the manifests; a reader refuses every other version. */
export const MANIFEST_VERSION = 1;

/** Metrics of many clients and of the evaluation together: no limit of one peer's message holds for them. */
const AllMetricsSchema = z.record(z.string(), z.number());

/** Where a model came from: enough to tell whose data are in it, and to make it again. */
const LineageSchema = z.object({
  taskId: TaskIdSchema,
  runId: RunIdSchema,
  round: z.int().min(0),
  /** The published version that the run started from; 0 for none. */
  baseVersion: z.int().min(0),
  /** Digest of the model that this round started from; null for the model that a run starts from. */
  parent: Sha256Schema.nullable(),
  seed: z.int(),
  strategy: z.object({
    name: z.string(),
    settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  }),
  /** Whose updates were aggregated, in the order of ids, with all that the strategy knew of them. */
  participants: z.array(
    z.object({
      clientId: ClientIdSchema,
      numExamples: z.int().min(1),
      digest: Sha256Schema,
      metrics: AllMetricsSchema,
      l2Norm: z.number().min(0),
    }),
  ),
  metrics: AllMetricsSchema,
  software: z.record(z.string(), z.string()),
});
export type Lineage = z.infer<typeof LineageSchema>;

const modelFields = {
  manifestVersion: z.literal(MANIFEST_VERSION),
  parameters: ParametersRefSchema,
  signature: SignatureSchema,
  lineage: LineageSchema,
  /** What the strategy keeps from round to round beside the model. */
  strategyState: z.object({
    scalars: z.record(z.string(), z.number()),
    /** One for each of the strategy's moments, in its order; none before the first round. */
    moments: z.array(ParametersRefSchema),
  }),
};

/** The record of a round's model: what it is, and all that it was made of. */
export const RoundManifestSchema = z.object({ kind: z.literal('round-model'), ...modelFields });
export type RoundManifest = z.infer<typeof RoundManifestSchema>;

/** The record of a published global model V(n): that of its last round, and when it was published. */
export const VersionManifestSchema = z.object({
  kind: z.literal('global-model'),
  /** n of V(n). */
  version: z.int().min(1),
  publishedAt: z.iso.datetime(),
  ...modelFields,
});
export type VersionManifest = z.infer<typeof VersionManifestSchema>;
