import { ClientPartSchema } from '@fedops/shared-types';
import type { PartRows } from '../store.js';
import { onlyRow, readBody } from './body.js';
import type { Database } from './database.js';

export function partRows(database: Database): PartRows {
  return {
    async put(part) {
      const { taskId, runId, clientId, state } = part;
      const [, rows] = await database.write(
        {
          // Who left may still come back and finish; who has finished or failed has done so for good.
          sql: `INSERT INTO parts (task_id, run_id, client_id, state, body)
                VALUES (:taskId, :runId, :clientId, :state, :body)
                ON CONFLICT DO UPDATE SET state = excluded.state, body = excluded.body
                WHERE parts.state = 'out' AND excluded.state <> 'out'`,
          args: { taskId, runId, clientId, state, body: JSON.stringify(part) },
        },
        {
          sql: 'SELECT body FROM parts WHERE task_id = :taskId AND run_id = :runId AND client_id = :clientId',
          args: { taskId, runId, clientId },
        },
      );
      return readBody(ClientPartSchema, onlyRow(rows).body ?? null, "a client's part");
    },

    async list(taskId, runId) {
      const rows = await database.read({
        sql: 'SELECT body FROM parts WHERE task_id = :taskId AND run_id = :runId ORDER BY client_id',
        args: { taskId, runId },
      });
      return rows.map(({ body }) => readBody(ClientPartSchema, body, "a client's part"));
    },
  };
}
