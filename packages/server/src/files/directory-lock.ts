import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { z } from 'zod';
import { createFile, makeDurableDirectory, readText } from './durable-files.js';
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
 * Takes the directory's lock, also from a process that died without giving it back.
 *
 * @throws {FedOpsError} `conflict` where a living process holds it, or one of another machine, of which nobody
 *   here can say whether it lives; `storage`.
 */
export function lockDirectory(files: FileSystem, directory: string): Promise<DirectoryLock> {
  return storing(`data directory ${directory}`, async () => {
    await makeDurableDirectory(files, directory);
    const path = join(directory, 'lock.json');
    const holder: Holder = { host: hostname(), pid: process.pid, token: randomUUID() };
    for (;;) {
      if (await createFile(files, path, JSON.stringify(holder))) {
        held.add(holder.token);
        return {
          async release() {
            if (held.delete(holder.token)) await files.remove(path);
          },
        };
      }
      const text = await readText(files, path);
      if (text !== undefined) assertDead(holderOf(text), directory, path);
      await files.remove(path);
    }
  });
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
