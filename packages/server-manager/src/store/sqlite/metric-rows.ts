import { type MetricRow, MetricRowSchema } from '@fedops/shared-types';
import type { Row } from '@libsql/client';
import type { MetricRows, NewMetricRow } from '../store.js';
import { onlyRow, readBody } from './body.js';
import type { Database, Statement, Value } from './database.js';

const COLUMNS = 'task_id, at, kind, run_id, client_id, round, version, body';
const VALUES = ':taskId, :at, :kind, :runId, :clientId, :round, :version, :body';

export function metricRows(database: Database): MetricRows {
  return {
    async add(rows) {
      const ids = await database.write(
        ...rows.map((row) => ({
          sql: `INSERT INTO metrics (${COLUMNS}) VALUES (${VALUES}) RETURNING id`,
          args: argsOf(row),
        })),
      );
      return rows.map((row, i) => ({ ...row, id: Number(onlyRow(ids[i]).id) }));
    },

    async putModelRow(row) {
      const replaced: Statement = {
        sql: `DELETE FROM metrics WHERE task_id = :taskId AND kind = 'model' AND run_id IS :runId
              AND round IS :round AND version IS :version`,
        args: pick(argsOf(row), 'taskId', 'runId', 'round', 'version'),
      };
      const added: Statement = {
        sql: `INSERT INTO metrics (${COLUMNS}) VALUES (${VALUES})`,
        args: argsOf(row),
      };
      await database.write(replaced, added);
    },

    async removeBefore(at, limit) {
      const [removed] = await database.write({
        sql: `DELETE FROM metrics WHERE at < :at AND id IN (SELECT id FROM metrics ORDER BY id LIMIT :limit)
              RETURNING id`,
        args: { at, limit },
      });
      return removed?.length ?? 0;
    },

    async removeOldest(taskId, keep, limit) {
      const [removed] = await database.write({
        sql: `DELETE FROM metrics WHERE id IN (
                SELECT id FROM metrics WHERE task_id = :taskId AND id <= (
                  SELECT id FROM metrics WHERE task_id = :taskId ORDER BY id DESC LIMIT 1 OFFSET :keep)
                ORDER BY id LIMIT :limit)
              RETURNING id`,
        args: { taskId, keep, limit },
      });
      return removed?.length ?? 0;
    },

    async list({ taskId, kind, runId, clientId, after, limit }) {
      const rows = await database.read({
        sql: `SELECT id, ${COLUMNS} FROM metrics
              WHERE task_id = :taskId AND id > :after AND (:kind IS NULL OR kind = :kind)
                AND (:runId IS NULL OR run_id = :runId) AND (:clientId IS NULL OR client_id = :clientId)
              ORDER BY id LIMIT :limit`,
        args: { taskId, after, limit, kind: kind ?? null, runId: runId ?? null, clientId: clientId ?? null },
      });
      return rows.map(metricRow);
    },
  };
}

function argsOf({
  taskId,
  at,
  kind,
  runId,
  clientId,
  round,
  version,
  values,
}: NewMetricRow): Record<string, Value> {
  return { taskId, at, kind, runId, clientId, round, version, body: JSON.stringify(values) };
}

function pick(args: Record<string, Value>, ...names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, args[name] ?? null]));
}

function metricRow(row: Row): MetricRow {
  const fields = {
    id: row.id,
    taskId: row.task_id,
    at: row.at,
    kind: row.kind,
    runId: row.run_id,
    clientId: row.client_id,
    round: row.round,
    version: row.version,
    values: readBody(MetricRowSchema.shape.values, row.body, 'a row of metrics'),
  };
  return fields as MetricRow;
}
