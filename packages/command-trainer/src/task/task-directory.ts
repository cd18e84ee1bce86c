import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { atProcessExit } from '../program/at-process-exit.js';
import type { TaskDocument } from './task-document.js';

/** Windows keeps files of a process that has just ended; a killed one may still write. */
const REMOVAL = { recursive: true, force: true, maxRetries: 5 } as const;

/**
 * Lends out a new directory that no other user can look into, and removes it, whatever came of it.
 *
 * @throws {FedOpsError} `storage` where it cannot be made or removed; whatever `use` throws.
 */
export async function withTaskDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await stored('make a directory for the task', mkdtemp(join(tmpdir(), 'fedops-task-')));
  const release = atProcessExit(() => rmSync(directory, REMOVAL));
  try {
    const result = await use(directory);
    await stored('remove the directory of the task', rm(directory, REMOVAL));
    return result;
  } catch (error) {
    await rm(directory, REMOVAL).catch(() => undefined);
    throw error;
  } finally {
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
