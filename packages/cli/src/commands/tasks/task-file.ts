import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { FedOpsError, TaskIdSchema, type TaskInput, TaskInputSchema } from '@fedops/shared-types';
import { z } from 'zod';
import { parseFile } from '../../config/parse-config.js';

/** A task as a file holds it: as the manager takes it, with the path of its initial model beside. */
const TaskFileSchema = TaskInputSchema.extend({
  taskId: TaskIdSchema.optional(),
  /** Relative to the file. */
  model: z.string().min(1).optional(),
});

export interface TaskFile {
  /** Without an id where the file names none. */
  readonly task: Partial<TaskInput>;
  /** Path of the initial model. */
  readonly model: string | undefined;
}

/**
 * Reads a task from YAML or JSON.
 *
 * @param path Relative to `cwd`; messages name it so.
 * @throws {FedOpsError} `not-found`, `storage`; `invalid-argument`, naming line and field of each thing that is wrong.
 */
export async function readTaskFile(cwd: string, path: string): Promise<TaskFile> {
  const where = resolve(cwd, path);
  const text = await readFile(where, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new FedOpsError(
      cause.code === 'ENOENT' ? 'not-found' : 'storage',
      `cannot read ${path}: ${cause.message}`,
      { cause },
    );
  });
  const { model, ...task } = parseFile(TaskFileSchema, text, path);
  return {
    task: withoutGaps(task),
    model: model === undefined ? undefined : resolve(dirname(where), model),
  };
}

function withoutGaps(task: z.output<typeof TaskFileSchema>): Partial<TaskInput> {
  const { taskId, ...rest } = task;
  return { ...rest, ...(taskId !== undefined && { taskId }) };
}
