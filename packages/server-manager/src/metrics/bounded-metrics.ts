import type { TaskId } from '@fedops/shared-types';
import type { MetricRows, NewMetricRow } from '../store/store.js';

/** How many rows of measurements a task may have; null for as many as come. */
export interface MetricBounds {
  readonly rowsPerTask: number | null;
}

/** To count a task's rows takes milliseconds, so it is done once for so many new ones at most. */
const MOST_UNSEEN = 1_000;
/** More than can come between two looks, so that a task that has too many gets nearer to its bound with each. */
const MOST_REMOVED = 2 * MOST_UNSEEN;

/**
 * Rows of which a task has a bounded number: the oldest go as new ones come, before these are kept, so that whoever
 * floods a task waits for what that costs. Between two looks there may be a hundredth more than the bound, and a
 * request's worth.
 */
export function boundedMetrics(rows: MetricRows, { rowsPerTask }: MetricBounds): MetricRows {
  if (rowsPerTask === null) return rows;
  const bound = rowsPerTask;
  const mostUnseen = Math.min(MOST_UNSEEN, Math.floor(bound / 100));
  const unseen = new Map<TaskId, number>();

  async function makeRoom(taskId: TaskId, coming: number): Promise<void> {
    const cameSince = (unseen.get(taskId) ?? Number.POSITIVE_INFINITY) + coming;
    unseen.set(taskId, cameSince);
    if (cameSince <= mostUnseen) return;
    unseen.set(taskId, 0);
    try {
      await rows.removeOldest(taskId, Math.max(0, bound - coming), MOST_REMOVED);
    } catch (error) {
      unseen.delete(taskId);
      throw error;
    }
  }

  return {
    async add(added) {
      for (const [taskId, coming] of countsOf(added)) await makeRoom(taskId, coming);
      return rows.add(added);
    },
    async putModelRow(row) {
      await makeRoom(row.taskId, 1);
      await rows.putModelRow(row);
    },
    removeBefore: (at, limit) => rows.removeBefore(at, limit),
    removeOldest: (taskId, keep, limit) => rows.removeOldest(taskId, keep, limit),
    list: (query) => rows.list(query),
  };
}

function countsOf(rows: readonly NewMetricRow[]): ReadonlyMap<TaskId, number> {
  const counts = new Map<TaskId, number>();
  for (const { taskId } of rows) counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
  return counts;
}
