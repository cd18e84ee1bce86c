import { z } from 'zod';
import { DeviceRecordSchema } from './device-record.js';
import { readingBothVocabularies } from './vocabularies.js';

/**
 * The state of a client manager: the answer of `/info`, `/trainFin`, `/trainFail` and `/flclient_out`.
 *
 * Reads the names of the managers of 2023 as well (`FL_learning`, `FL_client_hostname`, …).
 */
export const ManagerInfoSchema = readingBothVocabularies(
  {
    server_ST: ['FL_server_ST'],
    server: ['FL_server'],
    client_online: ['FL_client_online'],
    client_training: ['FL_learning'],
    task_id: ['FL_task_id'],
    task_status: ['FL_task_status'],
    client_mac: ['FL_client_mac'],
    client_name: ['FL_client_hostname'],
  },
  z.object({
    /** `host:port` of the client app. */
    FL_client: z.string().optional(),
    /** `host:port` of the server manager. */
    server_ST: z.string().optional(),
    /** Host of the FL server. */
    server: z.string().optional(),
    S3_bucket: z.string().nullish(),
    s3_ready: z.boolean().optional(),
    /** The global model version that the next run builds, as far as the manager knows. */
    GL_Model_V: z.int().min(0),
    FL_ready: z.boolean(),
    client_online: z.boolean(),
    client_training: z.boolean(),
    /** Empty until the manager has heard of a client. */
    task_id: z.string(),
    /** The device's record at the server manager; null while it has none. */
    task_status: DeviceRecordSchema.nullable().default(null),
    client_mac: z.string(),
    client_name: z.string(),
  }),
);
export type ManagerInfo = z.output<typeof ManagerInfoSchema>;
