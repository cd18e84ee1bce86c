import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { gone } from './processes.js';

const DEVICE = fileURLToPath(new URL('fixtures/trains.mjs', import.meta.url));
const posixTest = process.platform === 'win32' ? test.skip : test;

let folder = '';
const devices: ChildProcess[] = [];
const programs: number[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'a folder with blanks '));
});

afterEach(async () => {
  for (const device of devices.splice(0)) device.kill('SIGKILL');
  for (const pid of programs.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
    await gone(pid);
  }
  await rm(folder, { recursive: true });
});

interface Device {
  readonly device: ChildProcess;
  /** Of its task directory. */
  readonly name: string;
  /** Its exit code, once it has ended; null for one that was killed. */
  readonly ended: Promise<number | null>;
}

/** A device with this temporary folder; resolves once its program trains. */
async function aDevice(does: string): Promise<Device> {
  const env = { ...process.env, TMPDIR: folder };
  const device = spawn(process.execPath, [DEVICE, does], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  devices.push(device);
  const ended = once(device, 'exit').then(([code]) => code as number | null);
  let name = '';
  for await (const line of createInterface(device.stdout)) {
    const [, word, value] = /^(\w+) ?(.*)$/.exec(line)!;
    if (word === 'directory') name = basename(dirname(value!));
    if (word === 'pid') programs.push(Number(value));
    if (word === 'trains') break;
  }
  return { device, name, ended };
}

posixTest('what a killed device left is removed by the next, and nothing of one that lives', async () => {
  const killed = await aDevice('hang');
  const live = await aDevice('hang');
  expect((await readdir(folder)).sort()).toEqual([killed.name, live.name].sort());
  killed.device.kill('SIGKILL');
  await killed.ended;

  const { ended } = await aDevice('train');

  expect(await ended).toBe(0);
  expect(await readdir(folder)).toEqual([live.name]);
});
