import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { makeDirectory } from '@fedops/http-service';
import { FedOpsError, type RunId, type TaskId } from '@fedops/shared-types';

/**
 * Where the server manager's files lie:
 *
 * ```
 * manager.db                    the store
 * tasks/<task>/initial.params   the initial model, as uploaded
 * tasks/<task>/models/          the model store, which all its runs share
 * tasks/<task>/runs/<run>/      what launcher and FL server tell one another, and the server's log
 * tasks/<task>/runs/<run>/data/ the FL server's data directory: journal, and updates until they are aggregated
 * ```
 */
export interface Directories {
  readonly store: string;
  task(taskId: TaskId): string;
  initialParameters(taskId: TaskId): string;
  models(taskId: TaskId): string;
  run(taskId: TaskId, runId: RunId): string;
  /** Data directory of the run's FL server. */
  runData(taskId: TaskId, runId: RunId): string;
}

/** Makes the data directory. @throws {FedOpsError} `storage` where it cannot be made. */
export async function openDirectories(dataDir: string): Promise<Directories> {
  try {
    await makeDirectory(join(dataDir, 'tasks'));
  } catch (cause) {
    throw new FedOpsError('storage', `data directory ${dataDir}: ${FedOpsError.from(cause).message}`, {
      cause,
    });
  }
  return directoriesOf(dataDir);
}

/** Where the files of a manager with this data directory lie, whether they are there or not. Pure. */
export function directoriesOf(dataDir: string): Directories {
  const task = (taskId: TaskId) => join(dataDir, 'tasks', directoryName(taskId));
  const run = (taskId: TaskId, runId: RunId) => join(task(taskId), 'runs', directoryName(runId));
  return {
    store: join(dataDir, 'manager.db'),
    task,
    initialParameters: (taskId) => join(task(taskId), 'initial.params'),
    models: (taskId) => join(task(taskId), 'models'),
    run,
    runData: (taskId, runId) => join(run(taskId, runId), 'data'),
  };
}

/**
 * A directory name for an id, the same on every system and never the same for two ids: what is readable of it,
 * and a hash of the whole.
 */
function directoryName(id: string): string {
  const readable = id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${readable}_${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
