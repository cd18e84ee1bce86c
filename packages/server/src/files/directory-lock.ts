import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { z } from 'zod';
import { createFile, makeDurableDirectory, readText, replaceFile } from './durable-files.js';
import type { FileSystem } from './file-system.js';
import { storing, systemCode } from './storage-error.js';

/** One server at a time works in a data directory. */
export interface DirectoryLock {
  release(): Promise<void>;
}

const HolderSchema = z.object({ host: z.string(), pid: z.int().min(1), token: z.string() });
type Holder = z.infer<typeof HolderSchema>;

/** Tokens of the locks that this process holds: a pid alone does not tell, since a container's are all 1. */
const held = new Set<string>();

/**
 * Takes the directory's lock, also from a process that died without giving it back; of several that find such a
 * lock at the same time, one gets it.
 *
 * @throws {FedOpsError} `conflict` where a living process holds it, or one of another machine, of which nobody
 *   here can say whether it lives; `storage`.
 */
export function lockDirectory(files: FileSystem, directory: string): Promise<DirectoryLock> {
  return storing(`data directory ${directory}`, async () => {
    await makeDurableDirectory(files, directory);
    const release = await takeLock(files, directory, join(directory, 'lock.json'));
    return { release };
  });
}

/**
 * A dead lock is replaced by who holds the lock of that name with `.takeover` behind it, and by nobody else. So what
 * it read stays true until it has replaced it; a lock of a living process is never moved, not even for a moment.
 */
async function takeLock(files: FileSystem, directory: string, path: string): Promise<() => Promise<void>> {
  const holder: Holder = { host: hostname(), pid: process.pid, token: randomUUID() };
  const content = JSON.stringify(holder);
  // Before others of this process can read it.
  held.add(holder.token);
  try {
    while (!(await createFile(files, path, content))) {
      const text = await readText(files, path);
      if (text === undefined) continue;
      assertDead(holderOf(text), directory, path);
      const endTakeover = await takeLock(files, directory, `${path}.takeover`);
      try {
        if ((await readText(files, path)) !== text) continue;
        await replaceFile(files, path, content);
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
      await files.remove(path);
    } finally {
      held.delete(holder.token);
    }
  };
}

function assertDead(holder: Holder | undefined, directory: string, path: string): void {
  if (holder === undefined || !isAlive(holder)) return;
  throw new FedOpsError(
    'conflict',
    `data directory ${directory}: process ${holder.pid} on ${holder.host} works in it; if it does not, remove ${path}`,
    { details: { pid: holder.pid, host: holder.host } },
  );
}

/** Undefined for a lock that nobody can hold: writing one is atomic, so a damaged one is no server's. */
function holderOf(text: string): Holder | undefined {
  try {
    return HolderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
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
