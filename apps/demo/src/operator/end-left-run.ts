import { type Clock, type ServerManagerAPI, systemClock } from '@fedops/client-api';
import { TASK_ID } from '../processes/task-id.js';

const LOOK_EVERY_MS = 100;

/** Ends a run that an interrupted demo has left, if there is one; resolves when it is over. */
export async function endLeftRun(
  api: ServerManagerAPI,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  let [run] = await api.listRuns({ taskId: TASK_ID, limit: 1, signal });
  while (run !== undefined && run.state.status !== 'published' && run.state.status !== 'failed') {
    await api.stopRun(run.runId, 'an interrupted demo left it', { signal });
    await clock.sleep(LOOK_EVERY_MS, signal);
    run = await api.getRun(run.runId, { signal });
  }
}
