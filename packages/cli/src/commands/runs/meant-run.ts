import { FedOpsError, type ManagedRun } from '@fedops/shared-types';
import type { ManagerLine } from '../../manager-api/manager-line.js';

/**
 * The run that a command means: the one that is named, else the newest, of a task where one is named.
 *
 * @throws {FedOpsError} `not-found`
 */
export async function meantRun(
  { api }: Pick<ManagerLine, 'api'>,
  runId: string | undefined,
  taskId: string | undefined,
  signal: AbortSignal,
): Promise<ManagedRun> {
  if (runId !== undefined) return api.getRun(runId, { signal });
  const [newest] = await api.listRuns({ limit: 1, signal, ...(taskId !== undefined && { taskId }) });
  if (newest !== undefined) return newest;
  const where = taskId === undefined ? 'the manager' : `task ${taskId}`;
  throw new FedOpsError('not-found', `${where} has had no run yet; start one: fedops run start TASK`);
}
