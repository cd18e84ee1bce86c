import type { ManagerLine } from '../../manager-api/manager-line.js';
import type { Candidate } from './completions-for.js';

/** Whoever presses a key does not wait longer. */
const WITHIN_MS = 1_000;

/** Ids of tasks or of the newest runs, as the manager knows them; none where it does not answer in time. */
export async function knownIds(
  open: () => Promise<Pick<ManagerLine, 'api'>>,
  what: 'task' | 'run',
  signal: AbortSignal,
): Promise<readonly Candidate[]> {
  const within = { signal: AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)]) };
  try {
    const { api } = await open();
    return what === 'task'
      ? (await api.listTasks(within)).map(({ taskId, title }) => ({ value: taskId, description: title }))
      : (await api.listRuns({ limit: 50, ...within })).map(({ runId, taskId, state }) => ({
          value: runId,
          description: `${taskId}, ${state.status}`,
        }));
  } catch {
    // Without a manager, or with a configuration that is wrong, there is nothing to offer, and nobody to tell it to.
    return [];
  }
}
