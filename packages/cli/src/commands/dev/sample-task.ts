import { encodeParameters } from '@fedops/parameters';
import { FedOpsError, type TaskInput } from '@fedops/shared-types';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import { initialDigitsModel } from '../../sample/digits-model.js';
import { putInitialModel } from '../tasks/initial-model.js';

export const SAMPLE_TASK_ID = 'digits';

/** The clients that `fedops dev` starts, each with one part of the digits; one more part is for whoever joins. */
export const CLIENT_IDS = ['client-1', 'client-2', 'client-3'] as const;
export const PARTS = CLIENT_IDS.length + 1;

const MINUTE_MS = 60_000;

export interface SampleRun {
  readonly rounds: number;
  readonly seed: number;
}

/** The sample task. Its limits are short, so that an FL server that nobody ends does not outlive them by much. */
export function sampleTask({ rounds, seed }: SampleRun) {
  return {
    taskId: SAMPLE_TASK_ID,
    title: 'Handwritten digits, 8 by 8 pixels',
    run: {
      rounds,
      seed,
      clientsPerRound: { kind: 'all' as const, atLeast: CLIENT_IDS.length },
      fitConfig: { localEpochs: 2, batchSize: 16, learningRate: 0.5 },
      waitForClientsMs: MINUTE_MS,
      fitMs: MINUTE_MS,
      evaluateMs: MINUTE_MS,
      evaluationFraction: 0,
    },
    bestBy: { metric: 'accuracy', direction: 'maximize' },
  } satisfies TaskInput;
}

/** Makes the sample task where the manager does not have it, and gives it a model to start from where it has none. */
export async function ensureSampleTask(
  manager: ManagerLine,
  run: SampleRun,
  signal: AbortSignal,
): Promise<void> {
  const task = sampleTask(run);
  const { initialModel } = await manager.api.createTask(task, { signal }).catch(async (error: unknown) => {
    if (FedOpsError.from(error).code !== 'conflict') throw error;
    return manager.api.changeTask(SAMPLE_TASK_ID, { run: task.run }, { signal });
  });
  if (initialModel === null) {
    await putInitialModel(manager, SAMPLE_TASK_ID, encodeParameters(initialDigitsModel()), signal);
  }
}
