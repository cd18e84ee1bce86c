import { z } from 'zod';
import { readingBothVocabularies } from './vocabularies.js';

const count = z.int().min(0).nullish();

/** `PUT /server_perf/gl_model_evaluation/{task_id}`: the global model after one round. */
export const GlModelEvaluationSchema = readingBothVocabularies(
  { gl_accuracy: ['gl_acc'], gl_model_v: ['next_gl_model_v'] },
  z.object({
    fl_task_id: z.string(),
    round: z.int().min(0),
    /** Null where it was not measured, which is not 0. */
    gl_loss: z.number().nullish(),
    gl_accuracy: z.number().nullish(),
    /** Seconds. */
    run_time_by_round: z.number().min(0),
    gl_model_v: z.int().min(0),
    campaign_run_id: z.string().nullish(),
    /** Who measured, such as `client_aggregated`. */
    evaluation_source: z.string().nullish(),
    evaluation_status: z.string().nullish(),
    evaluation_clients: count,
    evaluation_samples: count,
    accuracy_samples: count,
    evaluation_failures: count,
    additional_metrics: z.record(z.string(), z.json()).optional(),
  }),
);
export type GlModelEvaluation = z.output<typeof GlModelEvaluationSchema>;

/** `PUT /server_perf/server_time_result/{task_id}`: how long the FL server worked on a run. */
export const ServerTimeResultSchema = readingBothVocabularies(
  { gl_model_v: ['next_gl_model_v'] },
  z.object({
    fl_task_id: z.string(),
    /** Seconds. */
    server_operation_time: z.number().min(0),
    gl_model_v: z.int().min(0),
  }),
);
export type ServerTimeResult = z.output<typeof ServerTimeResultSchema>;

/** Answer to `PUT /server_perf/gl_model_evaluation/{task_id}`: a receipt (docs/protocol.md 3.3). */
export const GlModelEvaluationAnswerSchema = z.object({ gl_model_evaluation: GlModelEvaluationSchema });

/** Python answers the last model evaluation here, whatever its task: only that an object came can be relied upon. */
export const ServerTimeResultAnswerSchema = z.object({});
