import { z } from 'zod';
import { readingBothVocabularies } from './vocabularies.js';

const origin = {
  fl_task_id: z.string(),
  client_mac: z.string(),
  client_name: z.string().optional(),
  /** The global model version being built. */
  gl_model_v: z.int().min(0),
  /** Name of the run at Weights & Biases, where one is open. */
  wandb_name: z.string().optional(),
};
const oldOrigin = { gl_model_v: ['next_gl_model_v'], cluster_id: ['clusterId'] };

/** `PUT /client_perf/train_result/{task_id}`: one fit of one client. */
export const TrainResultSchema = readingBothVocabularies(
  { ...oldOrigin, train_accuracy: ['train_acc'] },
  z.object({
    ...origin,
    round: z.int().min(0),
    train_loss: z.number(),
    train_accuracy: z.number(),
    val_loss: z.number().optional(),
    val_accuracy: z.number().optional(),
    /** Seconds. */
    train_time: z.number().min(0),
    cluster_id: z.int().nullish(),
  }),
);
export type TrainResult = z.output<typeof TrainResultSchema>;

/** `PUT /client_perf/test_result/{task_id}`: one evaluation of the global model by one client. */
export const TestResultSchema = readingBothVocabularies(
  { ...oldOrigin, test_accuracy: ['test_acc'] },
  z.object({
    ...origin,
    round: z.int().min(0),
    test_loss: z.number(),
    test_accuracy: z.number(),
    cluster_id: z.int().nullish(),
  }),
);
export type TestResult = z.output<typeof TestResultSchema>;

/** `PUT /client_perf/client_time_result/{task_id}`: how long a client took part in a run. */
export const ClientTimeResultSchema = readingBothVocabularies(
  oldOrigin,
  z.object({
    ...origin,
    /** Seconds. */
    operation_time: z.number().min(0),
  }),
);
export type ClientTimeResult = z.output<typeof ClientTimeResultSchema>;

/** `PUT /client_perf/client_system/{task_id}`: one sample of the device's load. Shares are percent. */
export const ClientSystemSchema = readingBothVocabularies(
  oldOrigin,
  z.object({
    ...origin,
    /** Bytes. */
    network_sent: z.number(),
    /** Bytes. */
    network_recv: z.number(),
    disk: z.number(),
    /** Seconds since the run began. */
    runtime: z.number(),
    memory_rssMB: z.number(),
    memory_availableMB: z.number(),
    cpu: z.number(),
    cpu_threads: z.number(),
    memory: z.number(),
    memory_percent: z.number(),
    /** Seconds since the epoch. */
    timestamp: z.number(),
  }),
);
export type ClientSystem = z.output<typeof ClientSystemSchema>;

/** `PUT /client_perf/xai_result/{task_id}`: free JSON; Python's performance service has no such route. */
export const XaiResultSchema = z.record(z.string(), z.json());
export type XaiResult = z.infer<typeof XaiResultSchema>;

/**
 * Answer to `PUT /client_perf/train_result/{task_id}`: a receipt; it may hold another client's values
 * (docs/protocol.md 3.3).
 */
export const TrainResultAnswerSchema = z.object({ train_result: TrainResultSchema });
/**
 * Answer to `PUT /client_perf/test_result/{task_id}`: a receipt; it may hold another client's values
 * (docs/protocol.md 3.3).
 */
export const TestResultAnswerSchema = z.object({ test_result: TestResultSchema });
/**
 * Answer to `PUT /client_perf/client_time_result/{task_id}`: a receipt; it may hold another client's values
 * (docs/protocol.md 3.3).
 */
export const ClientTimeResultAnswerSchema = z.object({ client_time_result: ClientTimeResultSchema });
/**
 * Answer to `PUT /client_perf/client_system/{task_id}`: a receipt; it may hold another client's values
 * (docs/protocol.md 3.3).
 */
export const ClientSystemAnswerSchema = z.object({ client_system: ClientSystemSchema });
/** Answer to `PUT /client_perf/xai_result/{task_id}`: any JSON object. */
export const XaiResultAnswerSchema = XaiResultSchema;
