import type { TaskInput } from '@fedops/shared-types';

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
