import { z } from 'zod';
import { FEDOPS_ERROR_CODES } from '../error.js';
import { MetricsSchema, Sha256Schema } from '../scalars.js';

/** Facts about an update: travels as JSON in the header `FedOps-Update`, in front of the parameters' bytes. */
export const UpdateHeaderSchema = z.object({
  /** How many examples the client trained on: the weight of its update. */
  numExamples: z.int().min(1),
  metrics: MetricsSchema.default({}),
});
export type UpdateHeader = z.infer<typeof UpdateHeaderSchema>;

/** The answer to an upload: `counted` the first time, `repeated` when the same bytes came before. */
export const UpdateAnswerSchema = z.object({
  state: z.enum(['counted', 'repeated']),
  digest: Sha256Schema,
});
export type UpdateAnswer = z.infer<typeof UpdateAnswerSchema>;

/** What a client measured of the global model on its own data. */
export const EvaluationSchema = z.object({
  loss: z.number(),
  numExamples: z.int().min(1),
  metrics: MetricsSchema.default({}),
});
export type Evaluation = z.infer<typeof EvaluationSchema>;

/** A client says that it could not do what it was told. */
export const FailureReportSchema = z.object({
  work: z.enum(['fit', 'evaluate']),
  code: z.enum(FEDOPS_ERROR_CODES),
  message: z.string().max(2_000),
});
export type FailureReport = z.infer<typeof FailureReportSchema>;

/** Answer to an evaluation or a failure report: `repeated` when the same came before. docs/protocol.md 1.6. */
export const ResultAnswerSchema = z.object({ state: z.enum(['counted', 'repeated']) });
export type ResultAnswer = z.infer<typeof ResultAnswerSchema>;
