import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';
import { QUIET } from './python-process.js';

/** Within the repository, so that Node finds the packages that an example installs; not under version control. */
const WORK = fileURLToPath(new URL('../../.fedops/', import.meta.url));

const running = new Set<ChildProcess>();
const folders: string[] = [];

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, maxRetries: 5 });
});

/** A folder for an example, gone after the test. */
export async function exampleFolder(): Promise<string> {
  await mkdir(WORK, { recursive: true });
  const folder = await mkdtemp(join(WORK, 'example-'));
  folders.push(folder);
  return folder;
}

/** Runs a program in a folder, with further variables; resolves with what it printed, or rejects with what it complained of. */
export function runExample(
  folder: string,
  program: string,
  args: readonly string[],
  further: Readonly<Record<string, string>> = {},
): Promise<string> {
  const env = { ...process.env, ...QUIET, ...further };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let printed = '';
  let complaints = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      running.delete(child);
      if (code === 0) resolve(printed);
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${complaints.slice(-2_000)}`));
    });
  });
}
