import { FedOpsError, SignatureSchema, TaskSchema } from '@fedops/shared-types';
import { ServerReportSchema } from '../../tasks/server-report.js';
import type { TaskRows } from '../store.js';
import { readBody } from './body.js';
import type { Database } from './database.js';

const StoredTaskSchema = TaskSchema.extend({
  signature: SignatureSchema.nullable(),
  serverReport: ServerReportSchema.nullable(),
});

export function taskRows(database: Database): TaskRows {
  return {
    async add(task) {
      await database.write({
        sql: 'INSERT INTO tasks (task_id, body) VALUES (:taskId, :body)',
        args: { taskId: task.taskId, body: JSON.stringify(task) },
      });
    },

    async replace(task) {
      const [rows] = await database.write({
        sql: 'UPDATE tasks SET body = :body WHERE task_id = :taskId RETURNING task_id',
        args: { taskId: task.taskId, body: JSON.stringify(task) },
      });
      if (rows?.length === 0) throw new FedOpsError('not-found', `there is no task ${task.taskId}`);
    },

    async list() {
      const rows = await database.read({ sql: 'SELECT body FROM tasks ORDER BY task_id' });
      return rows.map(({ body }) => readBody(StoredTaskSchema, body, 'a task'));
    },

    async remove(taskId) {
      await database.write({ sql: 'DELETE FROM tasks WHERE task_id = :taskId', args: { taskId } });
    },
  };
}
