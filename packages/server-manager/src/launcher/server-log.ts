import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@fedops/server';
import { EARLIER_LOG_FILE, LOG_FILE } from './server-files.js';
import { tailOf } from './tail.js';

/** Of the log of one FL server, in bytes; the part before it is kept as well, so a run has at most twice as much. */
export const MAX_LOG_BYTES = 8 * 1024 ** 2;

const LOOK_EVERY_MS = 1_000;

/**
 * Cuts the log of this FL server whenever it has grown beyond the limit: what it holds becomes the earlier part, in
 * place of the one before. By the file's path, not its handle: the process writes its log by appending, and goes on at
 * the start of a file that was emptied.
 */
export function limitLog(directory: string, clock: Clock, maxBytes: number): void {
  const [log, earlier] = [join(directory, LOG_FILE), join(directory, EARLIER_LOG_FILE)];
  clock.after(LOOK_EVERY_MS, () => {
    if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) cut(log, earlier);
    limitLog(directory, clock, maxBytes);
  });
}

/** At once, so that no line is written in between. */
function cut(log: string, earlier: string): void {
  try {
    copyFileSync(log, earlier);
  } catch {
    // The disk is full: then the room is worth more than the old lines.
    rmSync(earlier, { force: true, recursive: true });
  }
  truncateSync(log);
}

/** The last bytes of a run's log, from the start of a line; empty where there is none. */
export async function logTail(directory: string, maxBytes: number): Promise<string> {
  const log = join(directory, LOG_FILE);
  const recent = await tailOf(log, maxBytes);
  const { size } = await stat(log).catch(() => ({ size: 0 }));
  if (size >= maxBytes) return recent;
  return (await tailOf(join(directory, EARLIER_LOG_FILE), maxBytes - size)) + recent;
}
