import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { noProcessNaming, processesNaming } from './fedops-process.js';
import { temporaryDirectory } from './temporary-directory.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const LONG_MS = 300_000;

const living = new Set<ChildProcess>();
afterEach(() => {
  for (const child of living) child.kill('SIGKILL');
  living.clear();
});

function fedops(args: readonly string[], cwd: string, stdio: StdioOptions): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio });
  living.add(child);
  return child;
}

async function codeOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit');
  return code;
}

// Where every write finds the disk full.
const onLinux = process.platform === 'linux' ? test : test.skip;
const onUnix = process.platform === 'win32' ? test.skip : test;

onLinux('a command whose answer finds no room on the disk has failed', async () => {
  const full = await open('/dev/full', 'w');
  const child = fedops(['--json', 'doctor', '--help'], await temporaryDirectory(), [
    'ignore',
    full.fd,
    'pipe',
  ]);
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, 'close');
  await full.close();
  expect(code).toBe(8);
  expect(JSON.parse(said)).toMatchObject({ code: 'storage' });
});

onUnix(
  'a dev whose output nobody reads any more ends in good order, with all its services',
  async () => {
    const cwd = await temporaryDirectory();
    const dev = fedops(['dev', '--port', '0', '--rounds', '2'], cwd, ['ignore', 'pipe', 'ignore']);
    await once(dev.stdout as NodeJS.ReadableStream, 'data');
    dev.stdout?.destroy();
    expect(await codeOf(dev)).toBe(0);
    expect(processesNaming(cwd)).toEqual([]);
  },
  LONG_MS,
);

onUnix(
  'a dev whose terminal is closed ends in good order, with all its services',
  async () => {
    const cwd = await temporaryDirectory();
    const dev = fedops(['dev', '--port', '0', '--rounds', '1000'], cwd, ['ignore', 'pipe', 'ignore']);
    await once(dev.stdout as NodeJS.ReadableStream, 'data');
    dev.kill('SIGHUP');
    expect(await codeOf(dev)).toBe(130);
    await noProcessNaming(cwd, 0);
  },
  LONG_MS,
);
