import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { atProcessExit } from '../program/at-process-exit.js';
import { TASK_DIRECTORY_PREFIX } from './abandoned-directories.js';
import { ownDirectory } from './directory-owner.js';
import type { TaskDocument } from './task-document.js';

/** Windows keeps files of a process that has just ended; a killed one may still write. */
const REMOVAL = { recursive: true, force: true, maxRetries: 5 } as const;

/** Who is told of a directory that stays, and how one is removed. */
export interface DirectoryParts {
  readonly warn: (warning: FedOpsError) => void;
  /** Node's own by default. */
  readonly remove?: typeof rm;
}

/**
 * Lends out a new directory that no other user can look into, and removes it, whatever came of it. One that cannot be
 * removed is warned of, and left to the sweep of abandoned ones.
 *
 * @throws {FedOpsError} `storage` where it cannot be made; whatever `use` throws.
 */
export async function withTaskDirectory<T>(
  use: (directory: string) => Promise<T>,
  { warn, remove = rm }: DirectoryParts,
): Promise<T> {
  const outer = await stored('make a directory for the task', mkdtemp(join(tmpdir(), TASK_DIRECTORY_PREFIX)));
  const release = atProcessExit(() => rmSync(outer, REMOVAL));
  const disown = await ownDirectory(outer);
  const work = join(outer, 'work');
  try {
    await stored('make a directory for the task', mkdir(work, { mode: 0o700 }));
    return await use(work);
  } finally {
    // The work first: while any of it is left, so is the mark of its owner.
    await stored(
      'remove the directory of the task',
      remove(work, REMOVAL).then(() => remove(outer, REMOVAL)),
    ).catch(warn);
    disown();
    release();
  }
}

/**
 * Writes the task and its parameters; resolves with the path that the program is told.
 *
 * @throws {FedOpsError} `storage`, or the signal's reason.
 */
export async function writeTask(
  directory: string,
  { task, model }: { readonly task: TaskDocument; readonly model: Uint8Array },
  signal: AbortSignal,
): Promise<string> {
  const path = join(directory, 'task.json');
  await stored('write the parameters of the task', writeFile(task.parameters, model, { signal }));
  await stored('write the task', writeFile(path, `${JSON.stringify(task, null, 2)}\n`, { signal }));
  return path;
}

async function stored<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new FedOpsError('storage', `cannot ${what}: ${FedOpsError.from(cause).message}`, { cause });
  }
}
