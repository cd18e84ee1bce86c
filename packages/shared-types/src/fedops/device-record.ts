import { z } from 'zod';
import { readingBothVocabularies } from './vocabularies.js';

/**
 * A device in the server manager's list, `FLTask` in Python, whose fields are all optional there;
 * `PUT /FLSe/RegisterFLTask` sends it.
 */
export const DeviceRecordSchema = readingBothVocabularies(
  { cluster_id: ['clusterId'] },
  z.object({
    FL_task_ID: z.string().nullish(),
    Device_mac: z.string().nullish(),
    Device_hostname: z.string().nullish(),
    Device_online: z.boolean().nullish(),
    Device_training: z.boolean().nullish(),
    /** `YYYY-MM-DD HH:MM:SS` in the manager's own time zone. */
    last_request_time: z.string().nullish(),
    cluster_id: z.int().nullish(),
  }),
);
export type DeviceRecord = z.output<typeof DeviceRecordSchema>;
