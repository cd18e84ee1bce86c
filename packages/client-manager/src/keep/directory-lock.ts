import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { z } from 'zod';
import { createText, readText, removeFile, replaceText, systemCode } from './files.js';
import { jsonObject } from './kept.js';

const HolderSchema = z.object({ host: z.string(), pid: z.int().min(1), token: z.string() });
type Holder = z.output<typeof HolderSchema>;

/** What a lock asks of a disk: a seam, so that a test can come between two steps. */
export interface LockFiles {
  readonly createText: typeof createText;
  readonly readText: typeof readText;
  readonly replaceText: typeof replaceText;
  readonly removeFile: typeof removeFile;
}

const DISK: LockFiles = { createText, readText, replaceText, removeFile };

/** Of the locks that this process holds: in containers every process may have the same pid. */
const held = new Set<string>();

/**
 * Makes this manager the only one that works in a directory; returns how to give it back.
 *
 * A lock whose process is gone is taken over; of several that find it at the same time, one gets it.
 *
 * @throws {FedOpsError} `conflict` where another manager works there; `storage`.
 */
export function lockDirectory(directory: string, files: LockFiles = DISK): Promise<() => Promise<void>> {
  return takeLock(files, directory, join(directory, 'lock.json'));
}

/**
 * Only who holds the lock of that name with `.takeover` behind it replaces a dead lock: what it read stays true
 * until then, and a living manager's lock is never moved.
 */
async function takeLock(files: LockFiles, directory: string, path: string): Promise<() => Promise<void>> {
  const holder: Holder = { host: hostname(), pid: process.pid, token: randomUUID() };
  const content = JSON.stringify(holder);
  // Before others of this process can read it.
  held.add(holder.token);
  try {
    while (!(await files.createText(path, content))) {
      const text = await files.readText(path);
      if (text === undefined) continue;
      assertDead(text, directory, path);
      const endTakeover = await takeLock(files, directory, `${path}.takeover`);
      try {
        if ((await files.readText(path)) !== text) continue;
        await files.replaceText(path, content);
        break;
      } finally {
        await endTakeover();
      }
    }
  } catch (error) {
    held.delete(holder.token);
    throw error;
  }

  return async () => {
    if (!held.has(holder.token)) return;
    try {
      await files.removeFile(path);
    } finally {
      held.delete(holder.token);
    }
  };
}

function assertDead(text: string, directory: string, path: string): void {
  const { success, data } = HolderSchema.safeParse(jsonObject(text));
  if (!success || !isAlive(data)) return;
  throw new FedOpsError(
    'conflict',
    `${directory}: another client manager works there, process ${data.pid} on ${data.host}; ` +
      `if it does not, remove ${path}`,
  );
}

function isAlive({ host, pid, token }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(token);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
