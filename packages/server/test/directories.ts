import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

const made: string[] = [];

afterAll(async () => {
  for (const path of made.splice(0)) await rm(path, { recursive: true, force: true });
});

/** A new empty directory, gone after the tests of the file. */
export async function freshDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'fedops-server-test-'));
  made.push(path);
  return path;
}

/** How many bytes the files below a directory hold; 0 where it does not exist. */
export async function bytesBelow(path: string): Promise<number> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
