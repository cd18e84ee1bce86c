import { FedOpsError, ModelVersionDetailSchema } from '@fedops/shared-types';
import type { ModelRows } from '../store.js';
import { onlyRow, readBody } from './body.js';
import type { Database } from './database.js';

const StoredVersionSchema = ModelVersionDetailSchema.omit({ aliases: true });

export function modelRows(database: Database): ModelRows {
  return {
    async add(version) {
      const { taskId, version: number, digest } = version;
      const [, rows] = await database.write(
        {
          sql: `INSERT INTO versions (task_id, version, digest, body) VALUES (:taskId, :number, :digest, :body)
                ON CONFLICT DO NOTHING`,
          args: { taskId, number, digest, body: JSON.stringify(version) },
        },
        {
          sql: 'SELECT digest FROM versions WHERE task_id = :taskId AND version = :number',
          args: { taskId, number },
        },
      );
      if (onlyRow(rows).digest !== digest) {
        throw new FedOpsError('conflict', `V${number} of task ${taskId} is another model already`);
      }
    },

    async latestNumber(taskId) {
      const [row] = await database.read({
        sql: 'SELECT max(version) AS latest FROM versions WHERE task_id = :taskId',
        args: { taskId },
      });
      return Number(row?.latest ?? 0);
    },

    async list(taskId) {
      const rows = await database.read({
        sql: 'SELECT body FROM versions WHERE task_id = :taskId ORDER BY version DESC',
        args: { taskId },
      });
      return rows.map(({ body }) => readBody(StoredVersionSchema, body, 'a model version'));
    },
  };
}
