import type { RunId, TaskId } from '@fedops/shared-types';
import type { Manager } from '../manager.js';

/**
 * True where a run is the task's. Runs of FL servers that somebody else starts have whatever ids these give them, so
 * any may be one.
 *
 * @throws {FedOpsError} `not-found` for an unknown task; `storage`.
 */
export async function isRunOf(
  { tasks, runs }: Pick<Manager, 'tasks' | 'runs'>,
  taskId: TaskId,
  runId: RunId,
): Promise<boolean> {
  if (tasks.get(taskId).server.kind === 'external') return true;
  return (await runs.find(runId))?.taskId === taskId;
}
