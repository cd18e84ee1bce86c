import { copyFile, stat, truncate } from 'node:fs/promises';

/** A service's log grows to so much; as much again lies beside it, of before. */
export const MOST_LOG_BYTES = 16 * 1024 * 1024;

/**
 * Moves what a log holds to `<path>.1` where it is longer than it may be. Whoever writes there must append: they go on
 * at the beginning. A line that is written in the middle of this may be lost.
 *
 * @returns Whether it was longer. A log that cannot be moved stays.
 */
export async function shortenLog(path: string, mostBytes: number): Promise<boolean> {
  try {
    const { size } = await stat(path);
    if (size <= mostBytes) return false;
    await copyFile(path, `${path}.1`);
    await truncate(path);
    return true;
  } catch {
    return false;
  }
}
