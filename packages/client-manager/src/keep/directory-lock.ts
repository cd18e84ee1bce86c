import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { z } from 'zod';
import { createText, readText, removeFile, systemCode } from './files.js';
import { jsonObject } from './kept.js';

const HolderSchema = z.object({ host: z.string(), pid: z.int().min(1), token: z.string() });
type Holder = z.output<typeof HolderSchema>;

/** Of the locks that this process holds: in containers every process may have the same pid. */
const held = new Set<string>();

/**
 * Makes this manager the only one that works in a directory; returns how to give it back.
 *
 * A lock whose process is gone is taken over.
 *
 * @throws {FedOpsError} `conflict` where another manager works there; `storage`.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock.json');
  const holder: Holder = { host: hostname(), pid: process.pid, token: randomUUID() };
  while (!(await createText(path, JSON.stringify(holder)))) {
    const other = HolderSchema.safeParse(jsonObject((await readText(path)) ?? ''));
    if (other.success && isAlive(other.data)) {
      throw new FedOpsError(
        'conflict',
        `${directory}: another client manager works there, process ${other.data.pid} on ${other.data.host}; ` +
          `if it does not, remove ${path}`,
      );
    }
    await removeFile(path);
  }
  held.add(holder.token);
  return async () => {
    if (held.delete(holder.token)) await removeFile(path);
  };
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
