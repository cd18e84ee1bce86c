import { encodeParameters } from '@fedops/parameters';
import { FedOpsError, type ManagedRun } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import type { Connection } from '../../config/connection.js';
import { isOver } from '../../manager-api/follow-run.js';
import { type ManagerLine, openManagerLine } from '../../manager-api/manager-line.js';
import { initialDigitsModel } from '../../sample/digits-model.js';
import { getModel } from '../models/get-model.js';
import { watchRun } from '../runs/watch-run.js';
import { putInitialModel } from '../tasks/initial-model.js';
import type { DevDirectory } from './dev-directory.js';
import { modelText } from './dev-words.js';
import { SAMPLE_TASK_ID, type SampleRun, sampleTask } from './sample-task.js';

/**
 * Trains the sample task's next model and tells of it.
 *
 * @throws {BadOutcome} where the run failed; {FedOpsError} where the manager does not do its part; `aborted`.
 */
export async function runSample(
  call: Call,
  connection: Connection,
  { directory, sample }: { readonly directory: DevDirectory; readonly sample: SampleRun },
): Promise<void> {
  const manager = openManagerLine(call.context, connection);
  await ensureSampleTask(call, manager, sample);
  await runToItsEnd(call, manager);
  await tellModel(call, manager, directory);
}

/** Makes the sample task where the manager does not have it, and gives it a model to start from where it has none. */
async function ensureSampleTask(call: Call, manager: ManagerLine, run: SampleRun): Promise<void> {
  const { signal } = call.context;
  const task = sampleTask(run);
  const { initialModel } = await manager.api.createTask(task, { signal }).catch(async (error: unknown) => {
    if (FedOpsError.from(error).code !== 'conflict') throw error;
    return manager.api.changeTask(SAMPLE_TASK_ID, { run: task.run }, { signal });
  });
  if (initialModel === null) {
    const model = encodeParameters(initialDigitsModel());
    await putInitialModel(call, manager, { taskId: SAMPLE_TASK_ID, model });
  }
}

/** Starts a run, or goes on with the one that an earlier `dev` left, and shows it until it is over. */
async function runToItsEnd(call: Call, manager: ManagerLine): Promise<void> {
  const { signal } = call.context;
  const [newest] = await manager.api.listRuns({ taskId: SAMPLE_TASK_ID, limit: 1, signal });
  const run: ManagedRun =
    newest !== undefined && !isOver(newest)
      ? newest
      : await manager.api.startRun(SAMPLE_TASK_ID, {}, { signal });
  await watchRun(call, manager, run);
}

async function tellModel(call: Call, manager: ManagerLine, directory: DevDirectory): Promise<void> {
  const model = await manager.api.getModel(SAMPLE_TASK_ID, 'latest', { signal: call.context.signal });
  const { version, digest, metrics } = model;
  const { path } = await getModel(call, manager, model, {
    format: 'raw',
    output: directory.model(version),
    force: true,
  });
  call.output.item({ event: 'model', taskId: SAMPLE_TASK_ID, version, path, digest, metrics }, modelText);
}
