import { z } from 'zod';
import { readingBothVocabularies } from './vocabularies.js';

/** Longest text of a status: it is kept for each client and shown. */
const text = z.string().max(300);

/**
 * The state of a client app as the founding document names it; `GET /online` and `POST /start` answer it.
 *
 * Reads the names of today's Python FedOps as well (`task_id`, `client_start`, `gl_model`, …).
 */
export const ClientStatusSchema = readingBothVocabularies(
  {
    FL_task_id: ['task_id'],
    FL_client_num: ['client_num'],
    FL_client_mac: ['client_mac'],
    FL_client_name: ['client_name'],
    FL_client_online: ['client_online'],
    FL_client_start: ['client_start'],
    FL_client_fail: ['client_fail'],
    FL_server_IP: ['server_IP'],
    FL_next_gl_model: ['gl_model', 'next_gl_model'],
  },
  z.object({
    FL_task_id: text,
    FL_client_num: z.int().min(0).default(0),
    FL_client_mac: text.nullable(),
    FL_client_name: text.nullish(),
    FL_client_online: z.boolean(),
    FL_client_start: z.boolean(),
    FL_client_fail: z.boolean(),
    FL_server_IP: text.nullable(),
    FL_next_gl_model: z.int().min(0),
  }),
);
export type ClientStatus = z.output<typeof ClientStatusSchema>;

/**
 * The status in both vocabularies at once, so that a client manager of either age understands it: managers of
 * today read `client_start` from `/online` and, still, `FL_client_start` from `/start`.
 */
export function clientStatusInBothVocabularies(status: ClientStatus) {
  return {
    ...status,
    task_id: status.FL_task_id,
    client_num: status.FL_client_num,
    client_mac: status.FL_client_mac,
    client_name: status.FL_client_name ?? null,
    client_online: status.FL_client_online,
    client_start: status.FL_client_start,
    client_fail: status.FL_client_fail,
    server_IP: status.FL_server_IP,
    gl_model: status.FL_next_gl_model,
  };
}
