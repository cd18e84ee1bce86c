import { tmpdir } from 'node:os';
import { type Clock, systemClock, type Trainer } from '@fedops/client-session';
import { FedOpsError } from '@fedops/shared-types';
import { encodeModel } from './model/model-format.js';
import { childEnvironment } from './program/child-environment.js';
import type { ProgramLine } from './program/run-program.js';
import { parseEvaluateResult, parseFitResult } from './result/result-document.js';
import { readResultModel } from './result/result-model.js';
import { type CommandTrainerSettings, resolveSettings } from './settings.js';
import { sweepAbandoned } from './task/abandoned-directories.js';
import { carryOut } from './task/carry-out.js';
import { withTaskDirectory } from './task/task-directory.js';
import { evaluateTask, fitTask } from './task/task-document.js';

/** What a {@link commandTrainer} works with; each has the machine's own as default. */
export interface CommandTrainerParts {
  readonly clock: Clock;
  /** Read once. A program gets but a few variables of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Hears what a program writes, but for its progress; the default hears nothing. Must not throw. */
  readonly onLine: (line: ProgramLine) => void;
  /** Hears of a task directory that cannot be removed (`storage`); by default it is a warning of the process. */
  readonly onWarning: (warning: FedOpsError) => void;
}

/**
 * A trainer that runs a program for each fit and each evaluation. The program finds its task in the JSON file that
 * `FEDOPS_TASK` names, in a private directory that is gone when the call has ended. Making a trainer removes the
 * directories of processes that were killed in the midst of a call.
 *
 * Its calls throw `FedOpsError`: `aborted` and `deadline-exceeded`; `internal` for a program that fails, with the tail
 * of its standard error as `cause`; `bad-response` for a result that is missing or wrong; `invalid-argument` for a
 * command that cannot be started (`overloaded` where the system lacks memory or files for it); `storage` for a disk that fails.
 *
 * @throws {FedOpsError} `invalid-argument`, naming each setting that is wrong.
 */
export function commandTrainer(
  settings: CommandTrainerSettings,
  parts: Partial<CommandTrainerParts> = {},
): Trainer {
  const { command, cwd, env, format, fitTimeoutMs, evaluateTimeoutMs, graceMs, limits, signature } =
    resolveSettings(settings);
  const { clock = systemClock, environment = process.env, onLine = () => undefined } = parts;
  const { onWarning: warn = (warning) => process.emitWarning(warning.message) } = parts;
  const { stderrLength, resultBytes, parametersBytes } = limits;
  const program = {
    command,
    cwd,
    env: childEnvironment(environment, env),
    graceMs,
    stderrLength,
    resultBytes,
  };

  const swept = sweepAbandoned(tmpdir(), warn);
  const inDirectory = async <T>(signal: AbortSignal, use: (directory: string) => Promise<T>) => {
    await swept;
    return unlessAborted(signal, () => withTaskDirectory(use, { warn }));
  };

  return {
    signature,
    fit: (input, context) =>
      inDirectory(context.signal, async (directory) => {
        const task = fitTask(input, { directory, format });
        const model = encodeModel(format, input.parameters);
        const work = { task, model, directory };
        const json = await carryOut(
          work,
          { ...program, timeoutMs: fitTimeoutMs },
          { clock, onLine, context },
        );
        const header = parseFitResult(json);
        const parameters = await readResultModel(task, {
          signature: input.parameters.signature,
          maxBytes: parametersBytes,
          signal: context.signal,
        });
        return { ...header, parameters };
      }),
    evaluate: (input, context) =>
      inDirectory(context.signal, async (directory) => {
        const task = evaluateTask(input, { directory, format });
        const model = encodeModel(format, input.parameters);
        const work = { task, model, directory };
        const limited = { ...program, timeoutMs: evaluateTimeoutMs };
        return parseEvaluateResult(await carryOut(work, limited, { clock, onLine, context }));
      }),
  };
}

/** Once the signal has aborted, whatever came of the work is nothing but aborted. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const aborted = () => new FedOpsError('aborted', 'the trainer was told to stop', { cause: signal.reason });
  if (signal.aborted) throw aborted();
  try {
    const result = await work();
    if (!signal.aborted) return result;
  } catch (error) {
    throw signal.aborted ? aborted() : error;
  }
  throw aborted();
}
