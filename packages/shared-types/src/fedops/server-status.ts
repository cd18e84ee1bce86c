import { z } from 'zod';
import { DeviceRecordSchema } from './device-record.js';
import { readingBothVocabularies } from './vocabularies.js';

const OLD_NAMES = {
  Last_GL_Model: ['Latest_GL_Model'],
  FLServer_start: ['Server_manager_start', 'Play_datetime'],
};

/** Fields of FedOps 1.3, where a run is called a campaign and has an id. */
const campaign = {
  Campaign_run_id: z.string().nullish(),
  Base_GL_Model_V: z.int().min(0).nullish(),
  Target_GL_Model_V: z.int().min(0).nullish(),
  Campaign_config: z.record(z.string(), z.unknown()).nullish(),
  Campaign_started_at: z.string().nullish(),
  Campaign_ended_at: z.string().nullish(),
  Campaign_status: z.string().nullish(),
};

/**
 * What the server manager knows of a task's FL server.
 *
 * `GL_Model_V` is the version being built while a run goes on; between runs Python's manager shows one more
 * than the last version that was published.
 */
export const ServerStatusSchema = readingBothVocabularies(
  OLD_NAMES,
  z.object({
    S3_bucket: z.string().nullish(),
    Last_GL_Model: z.string().nullish(),
    FLServer_start: z.string().nullish(),
    FLSeReady: z.boolean(),
    GL_Model_V: z.int().min(0),
    /** The asking device's own record; null where it has none or no device asked. */
    Task_status: DeviceRecordSchema.nullable().default(null),
    ...campaign,
  }),
);
export type ServerStatus = z.output<typeof ServerStatusSchema>;

/** The answer of `/FLSe/info/…`, `/FLSe/FLSeUpdate/…`, `/FLSe/FLRoundFin/…` and `/FLSe/FLSeClosed/…`. */
export const ServerStatusAnswerSchema = z.object({ Server_Status: ServerStatusSchema });
export type ServerStatusAnswer = z.output<typeof ServerStatusAnswerSchema>;

/**
 * What an FL server tells of itself by `PUT /FLSe/FLSeUpdate/{task_id}`.
 *
 * Whole, always: Python fills a missing field with its default, so that a body of `FLSeReady` alone
 * sets the version back to 0.
 */
export const ServerStatusUpdateSchema = readingBothVocabularies(
  OLD_NAMES,
  z.object({
    S3_bucket: z.string(),
    /** File name of the last published global model; empty where there is none. */
    Last_GL_Model: z.string(),
    FLServer_start: z.string(),
    FLSeReady: z.boolean(),
    /** The version that the run is to publish. */
    GL_Model_V: z.int().min(0),
    /** Of a campaign that the manager began; Python answers 409 to every other id. */
    Campaign_run_id: z.string().nullish(),
  }),
);
export type ServerStatusUpdate = z.output<typeof ServerStatusUpdateSchema>;

/** What `PUT /FLSe/FLRoundFin/{task_id}` carries in its query; sent once per run, not per round. */
export const RunFinishedSchema = z.object({
  FLSeReady: z.boolean(),
  /** As `Campaign_run_id` of the status: left out where the manager began no campaign. */
  campaign_run_id: z.string().min(1).optional(),
});
export type RunFinished = z.infer<typeof RunFinishedSchema>;
