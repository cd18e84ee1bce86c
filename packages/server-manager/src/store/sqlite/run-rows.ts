import { FedOpsError, ManagedRunSchema, type RunId, RunViewSchema, type TaskId } from '@fedops/shared-types';
import type { Row } from '@libsql/client';
import { z } from 'zod';
import { isOver } from '../../runs/run-state.js';
import type { RunRows, StoredRun } from '../store.js';
import { onlyRow, readBody } from './body.js';
import type { Database } from './database.js';

const BodySchema = ManagedRunSchema.omit({ runId: true }).extend({
  tokenHash: z.string(),
  // Rows of earlier managers have none.
  standstills: z.int().min(0).default(0),
});

/** Ids are short, since people type them, and unique among all tasks. */
const RUN_ID = /^r([1-9]\d{0,14})$/;

export function runRows(database: Database): RunRows {
  async function select(condition: string, args: Record<string, string | number | null>) {
    const rows = await database.read({
      sql: `SELECT run_no, port, flower_port, body FROM runs ${condition}`,
      args,
    });
    return rows.map(storedRun);
  }

  return {
    async begin(draft) {
      const { port, flowerPort, ...body } = draft;
      try {
        const [rows] = await database.write({
          sql: `INSERT INTO runs (task_id, active, port, flower_port, body)
                VALUES (:taskId, 1, :port, :flowerPort, :body)
                RETURNING run_no, port, flower_port, body`,
          args: { taskId: draft.taskId, port, flowerPort, body: JSON.stringify(body) },
        });
        return storedRun(onlyRow(rows));
      } catch (error) {
        if (FedOpsError.is(error) && error.code === 'conflict') {
          const [active] = await select('WHERE task_id = :taskId AND active = 1', { taskId: draft.taskId });
          throw active === undefined ? portTaken(port, flowerPort) : runGoesOn(active);
        }
        throw error;
      }
    },

    async replace(run) {
      const { runId, port, flowerPort, ...body } = run;
      await database.write({
        sql: `UPDATE runs SET active = :active, port = :port, flower_port = :flowerPort, body = :body
              WHERE run_no = :runNo`,
        args: {
          runNo: numberOf(runId),
          active: isOver(run) ? 0 : 1,
          port,
          flowerPort,
          body: JSON.stringify(body),
        },
      });
    },

    async get(runId) {
      const [run] = await select('WHERE run_no = :runNo', { runNo: numberOf(runId) });
      return run;
    },

    list: ({ taskId, before, limit }) =>
      select(
        `WHERE (:taskId IS NULL OR task_id = :taskId) AND (:before IS NULL OR run_no < :before)
         ORDER BY run_no DESC LIMIT :limit`,
        { taskId: taskId ?? null, before: before === undefined ? null : numberOf(before), limit },
      ),

    unfinished: () =>
      select('WHERE active = 1 OR port IS NOT NULL OR flower_port IS NOT NULL ORDER BY run_no', {}),

    async putView(runId, view) {
      await database.write({
        sql: 'UPDATE runs SET view = :view WHERE run_no = :runNo',
        args: { runNo: numberOf(runId), view: JSON.stringify(view) },
      });
    },

    async view(runId) {
      const [row] = await database.read({
        sql: 'SELECT view FROM runs WHERE run_no = :runNo',
        args: { runNo: numberOf(runId) },
      });
      if (row === undefined || row.view === null) return undefined;
      return readBody(RunViewSchema, row.view, 'the view of a run');
    },
  };
}

function storedRun(row: Row): StoredRun {
  return {
    ...readBody(BodySchema, row.body, 'a run'),
    runId: `r${Number(row.run_no)}` as RunId,
    port: row.port === null ? null : Number(row.port),
    flowerPort: row.flower_port === null ? null : Number(row.flower_port),
  };
}

/** 0, which no run has, for an id that is not one of ours. */
function numberOf(runId: RunId): number {
  return Number(RUN_ID.exec(runId)?.[1] ?? 0);
}

function runGoesOn({ taskId, runId }: { readonly taskId: TaskId; readonly runId: RunId }): FedOpsError {
  return new FedOpsError('conflict', `run ${runId} of task ${taskId} goes on; a task has one run at a time`, {
    details: { runId },
  });
}

function portTaken(port: number | null, flowerPort: number | null): FedOpsError {
  const ports = flowerPort === null ? `port ${port}` : `port ${port} or ${flowerPort}`;
  return new FedOpsError('overloaded', `${ports} is held by another run`, { details: { port, flowerPort } });
}
