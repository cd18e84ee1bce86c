import { join } from 'node:path';
import type { EvaluateInput, FitInput, WorkOrigin } from '@fedops/client-session';
import type { Config } from '@fedops/shared-types';
import type { ModelFormat } from '../model/model-format.js';

/** The version of the contract between trainer and program. */
const TASK_VERSION = 1;

interface TaskFacts extends WorkOrigin {
  /** The version of this document. */
  readonly fedopsTask: typeof TASK_VERSION;
  /** Counted from 1. */
  readonly round: number;
  /** An unsigned 32-bit integer: all randomness shall start from it. */
  readonly seed: number;
  /** The strategy's settings for this instruction. */
  readonly config: Config;
  /** Of the parameters, both ways. */
  readonly format: ModelFormat;
  /** Path of the parameters to start from. */
  readonly parameters: string;
  /** Where the program writes its numbers. */
  readonly result: string;
}

/** Train, and write what came of it. */
export interface FitTask extends TaskFacts {
  readonly kind: 'fit';
  /** Where the program writes the trained parameters. */
  readonly resultParameters: string;
}

/** Measure the parameters on local data. */
export interface EvaluateTask extends TaskFacts {
  readonly kind: 'evaluate';
}

/** What a program is asked to do: the JSON in the file that `FEDOPS_TASK` names. */
export type TaskDocument = FitTask | EvaluateTask;

/** Where a task's files are. */
export interface TaskPlace {
  readonly directory: string;
  readonly format: ModelFormat;
}

/** The task to train from this input. */
export function fitTask(input: FitInput, place: TaskPlace): FitTask {
  const { directory, format } = place;
  return {
    ...factsOf(input, place),
    kind: 'fit',
    resultParameters: join(directory, `result.${format}`),
  };
}

/** The task to measure this input. */
export function evaluateTask(input: EvaluateInput, place: TaskPlace): EvaluateTask {
  return { ...factsOf(input, place), kind: 'evaluate' };
}

function factsOf(
  { taskId, runId, clientId, round, seed, config }: FitInput | EvaluateInput,
  { directory, format }: TaskPlace,
): TaskFacts {
  return {
    fedopsTask: TASK_VERSION,
    ...(taskId !== undefined && { taskId }),
    ...(runId !== undefined && { runId }),
    ...(clientId !== undefined && { clientId }),
    round,
    seed,
    config,
    format,
    parameters: join(directory, `parameters.${format}`),
    result: join(directory, 'result.json'),
  };
}
