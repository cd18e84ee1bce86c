import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';

const directories: string[] = [];

afterEach(async () => {
  // Processes that a failed test leaves behind write until they are gone.
  const options = { recursive: true, force: true, maxRetries: 20, retryDelay: 250 };
  await Promise.all(directories.splice(0).map((path) => rm(path, options)));
});

/** A directory that is gone after the test. */
export async function temporaryDirectory(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'fedops-cli-')));
  directories.push(path);
  return path;
}
