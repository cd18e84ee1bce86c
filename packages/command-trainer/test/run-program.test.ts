import type { ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { type Program, runProgram } from '../src/program/run-program.js';
import { manualClock } from './manual-clock.js';

/** No process has it: systems count to 2²² at most. */
const NOBODYS_PID = 0x7fff_fff0;

/** A process that waits within the system: no signal ends it, and no end of it is ever heard. */
function unkillable() {
  const child = Object.assign(new EventEmitter(), {
    pid: NOBODYS_PID,
    exitCode: null,
    signalCode: null,
    stdout: new PassThrough(),
    stderr: new PassThrough(),
    isHeld: true,
    unref() {
      child.isHeld = false;
    },
    kill: () => true,
  });
  return child;
}

const program: Program = {
  command: ['program'],
  cwd: undefined,
  env: {},
  timeoutMs: undefined,
  graceMs: 700,
  stderrLength: 100,
};

test('a process that cannot be killed is left to the system, and holds nothing of this one', async () => {
  const child = unkillable();
  const clock = manualClock();
  const controller = new AbortController();
  const watch = { clock, signal: controller.signal, onLine: () => undefined };
  const report = runProgram(program, watch, (() => child as unknown as ChildProcess) as typeof spawn);
  controller.abort();
  await clock.expire(700);
  await clock.expire(5_000);
  await clock.expire(1_000);

  expect(await report).toMatchObject({ end: { kind: 'stopped', reason: 'aborted' } });
  expect([child.isHeld, child.stdout.destroyed, child.stderr.destroyed]).toEqual([false, true, true]);
});

test('a program that the system refuses to start has not started', async () => {
  const cause = Object.assign(new Error('spawn E2BIG'), { code: 'E2BIG' });
  const watch = { clock: manualClock(), signal: new AbortController().signal, onLine: () => undefined };
  const { end } = await runProgram(program, watch, () => {
    throw cause;
  });

  expect(end).toEqual({ kind: 'not-started', cause });
});
