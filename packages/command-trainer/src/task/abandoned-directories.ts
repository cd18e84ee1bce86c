import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { isAbandoned } from './directory-owner.js';

/** Task directories begin so. */
export const TASK_DIRECTORY_PREFIX = 'fedops-task-';

/**
 * Removes the task directories of this user whose owner has ended without removing them, as one that was killed.
 * Never rejects: what cannot be removed is warned of, and what cannot be told is left.
 *
 * @param folder The temporary folder.
 */
export async function sweepAbandoned(folder: string, warn: (warning: FedOpsError) => void): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(TASK_DIRECTORY_PREFIX)) continue;
    const directory = join(folder, name);
    if (!(await isOurs(directory)) || !(await isAbandoned(directory))) continue;
    await rm(directory, { recursive: true, force: true }).catch((cause) => {
      const { message } = FedOpsError.from(cause);
      warn(new FedOpsError('storage', `cannot remove an abandoned task directory: ${message}`, { cause }));
    });
  }
}

/** In a folder that all users write to, a link or another user's directory may bear the name. */
async function isOurs(directory: string): Promise<boolean> {
  const stats = await lstat(directory).catch(() => undefined);
  return stats?.isDirectory() === true && stats.uid === process.getuid?.();
}
