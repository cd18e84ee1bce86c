import type { Clock, TrainerContext } from '@fedops/client-session';
import { assertSucceeded } from '../program/program-end.js';
import { progressOf } from '../program/progress-line.js';
import { type Program, type ProgramLine, runProgram } from '../program/run-program.js';
import { readResultFile } from '../result/result-file.js';
import { writeTask } from './task-directory.js';
import type { TaskDocument } from './task-document.js';

/** A task and the model that it starts from. */
export interface Work {
  readonly task: TaskDocument;
  readonly model: Uint8Array;
  readonly directory: string;
}

/** The program that does it, and how large its numbers may be. */
export interface TaskProgram extends Program {
  readonly resultBytes: number;
}

/** Who is told meanwhile. */
export interface TaskListeners {
  readonly clock: Clock;
  readonly onLine: (line: ProgramLine) => void;
  readonly context: TrainerContext;
}

/**
 * Has a program carry out a task; resolves with its `result.json`.
 *
 * @throws {FedOpsError} as `writeTask`, `assertSucceeded` and `readResultFile`.
 */
export async function carryOut(
  { task, model, directory }: Work,
  program: TaskProgram,
  { clock, onLine, context }: TaskListeners,
): Promise<Uint8Array> {
  const { signal } = context;
  const path = await writeTask(directory, { task, model }, signal);
  const env = { ...program.env, FEDOPS_TASK: path };
  const report = await runProgram(
    { ...program, env },
    {
      clock,
      signal,
      onLine(line) {
        const fraction = line.from === 'stdout' ? progressOf(line.text) : undefined;
        if (fraction === undefined) onLine(line);
        else context.progress(fraction);
      },
    },
  );
  assertSucceeded(report, program.command[0]);
  return readResultFile(task.result, { maxBytes: program.resultBytes, signal });
}
