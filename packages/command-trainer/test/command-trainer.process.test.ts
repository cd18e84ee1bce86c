import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TrainerContext } from '@fedops/client-session';
import {
  type CommandTrainerParts,
  type CommandTrainerSettings,
  commandTrainer,
  type ProgramLine,
} from '@fedops/command-trainer';
import { createParameters } from '@fedops/parameters';
import { afterEach, describe, expect, test } from '@jest/globals';
import { manualClock } from './manual-clock.js';
import { gone, isAlive } from './processes.js';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const COMMAND = [process.execPath, fixture('scripted-program.mjs')];

const posixTest = process.platform === 'win32' ? test.skip : test;

const heard: ProgramLine[] = [];
/** Values of the lines `NAME VALUE` that programs wrote. */
const told = (name: string) =>
  heard.filter(({ text }) => text.startsWith(`${name} `)).map(({ text }) => text.slice(name.length + 1));

/** Whatever came of a test: its programs have ended and their directories are gone. */
afterEach(async () => {
  const [pids, directories] = [told('pid'), told('directory')];
  heard.length = 0;
  await Promise.all(pids.map((pid) => gone(Number(pid))));
  expect(directories.filter((directory) => existsSync(directory))).toEqual([]);
});

function aTrainer(settings: Partial<CommandTrainerSettings> = {}, parts: Partial<CommandTrainerParts> = {}) {
  const onLine = (line: ProgramLine) => void heard.push(line);
  return commandTrainer({ command: COMMAND, ...settings }, { onLine, ...parts });
}

function anInput(does: string, config: Record<string, string> = {}) {
  const parameters = createParameters(
    [
      { name: 'layer/w', shape: [3], dtype: 'float32' },
      { name: 'layer/b', shape: [1], dtype: 'float32' },
    ],
    [Float32Array.of(1, 2, 3), Float32Array.of(4)],
  );
  return { parameters, config: { does, ...config }, round: 5, seed: 77 };
}

function aContext(over: Partial<TrainerContext> = {}): TrainerContext {
  return { signal: new AbortController().signal, progress: () => undefined, ...over };
}

/** A context that is aborted once the program tells of progress. */
function abortedAtProgress(): TrainerContext {
  const controller = new AbortController();
  return { signal: controller.signal, progress: () => controller.abort(new Error('no longer wanted')) };
}

describe('a command trainer', () => {
  test('tells the signature that it is given', () => {
    const { signature } = anInput('train').parameters;
    expect(aTrainer({ signature }).signature).toEqual(signature);
  });

  test.each(['safetensors', 'npz'] as const)('fits with parameters as %s', async (format) => {
    const progress: number[] = [];
    const context = aContext({ progress: (fraction) => void progress.push(fraction) });

    const { parameters, numExamples, metrics } = await aTrainer({ format }).fit(anInput('train'), context);

    expect(parameters.signature).toEqual(anInput('train').parameters.signature);
    expect(parameters.tensors.map((data) => [...data])).toEqual([[2, 3, 4], [5]]);
    expect({ numExamples, metrics }).toEqual({ numExamples: 12, metrics: { seed: 77, round: 5 } });
    expect(progress).toEqual([0.5]);
    expect(told('progress')).toEqual([]);
    expect(told('directory')).toHaveLength(1);
  });

  test('evaluates', async () => {
    const evaluation = await aTrainer().evaluate(anInput('measure'), aContext());

    expect(evaluation).toEqual({ loss: 0.5, numExamples: 3, metrics: { accuracy: 0.75 } });
  });

  test('hands on few variables, and those that it is given', async () => {
    const environment = { PATH: process.env.PATH, FEDOPS_CONTROL_TOKEN: 'secret' };

    await aTrainer({ env: { DATA: 'here' } }, { environment }).fit(
      anInput('list its environment'),
      aContext(),
    );

    const own = ['DATA', 'FEDOPS_TASK', 'PATH', 'PYTHONUNBUFFERED'];
    // macOS adds one of its own.
    expect(
      told('variable')
        .filter((name) => !name.startsWith('__'))
        .sort(),
    ).toEqual(own);
  });
});

posixTest('a command, its arguments and its directory may have blanks in their names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'a folder with blanks '));
  const program = join(folder, 'my program');
  await writeFile(program, '#!/bin/sh\nprintf "argument %s\\n" "$@"\npwd\nexit 4\n', { mode: 0o755 });

  const fit = aTrainer({ command: [program, 'my data', '"$HOME"', ''], cwd: folder }).fit(
    anInput('train'),
    aContext(),
  );

  await expect(fit).rejects.toMatchObject({ code: 'internal' });
  expect(told('argument')).toEqual(['my data', '"$HOME"', '']);
  expect(heard.at(-1)).toEqual({ from: 'stdout', text: await realpath(folder) });
  await rm(folder, { recursive: true });
});

describe('a program that fails', () => {
  test('has the last line of its standard error in the message, and the tail in the cause', async () => {
    const complaint = 'Traceback\nRuntimeError: no data\n';

    await expect(aTrainer().fit(anInput('crash', { complaint }), aContext())).rejects.toMatchObject({
      code: 'internal',
      message: `${process.execPath} ended with exit code 3: RuntimeError: no data`,
      cause: { message: complaint.trimEnd() },
      details: {},
    });
  });

  test('takes no more memory for 400 MB of output than is kept of it', async () => {
    const limits = { stderrLength: 500 };
    const before = process.memoryUsage().rss;

    await expect(aTrainer({ limits }).fit(anInput('flood its output'), aContext())).rejects.toMatchObject({
      code: 'internal',
      cause: { message: 'x'.repeat(500) },
    });
    expect(heard.map(({ text }) => text.length)).toEqual(expect.arrayContaining([1_000]));
    expect(Math.max(...heard.map(({ text }) => text.length))).toBe(1_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  });

  test('is told from one that somebody killed', async () => {
    await expect(aTrainer().fit(anInput('kill itself'), aContext())).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('SIGKILL'),
    });
  });

  test.each([
    ['write too much', /^result\.safetensors: 17825792 bytes/],
    ['write another shape', /^result\.safetensors: tensor layer\/w:/],
    ['write parameters alone', /no result\.json$/],
    ['write numbers alone', /no result\.safetensors$/],
  ])('to give a good result is refused: %s', async (does, message) => {
    await expect(aTrainer().fit(anInput(does), aContext())).rejects.toMatchObject({
      code: 'bad-response',
      message: expect.stringMatching(message),
    });
    expect(told('directory')).toHaveLength(1);
  });

  test('to look at its task has no result, however well it ends', async () => {
    const command = [process.execPath, '-e', ''];

    await expect(aTrainer({ command }).fit(anInput('train'), aContext())).rejects.toMatchObject({
      code: 'bad-response',
      message: expect.stringMatching(/no result\.json$/),
    });
  });

  test.each<[string, Partial<CommandTrainerSettings>]>([
    ['that is not there', { command: ['./no-such-program'] }],
    ['that is no program', { command: [fixture('not-executable.txt')] }],
    ['in a directory that is not there', { cwd: fixture('no-such-directory') }],
  ])('to start: one %s', async (_, settings) => {
    const began = aTrainer(settings).fit(anInput('train'), aContext());

    await expect(began).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/^cannot start /),
    });
  });
});

describe('work that is no longer wanted', () => {
  test('is not begun', async () => {
    const context = aContext({ signal: AbortSignal.abort() });

    await expect(aTrainer().fit(anInput('train'), context)).rejects.toMatchObject({ code: 'aborted' });
    expect(heard).toEqual([]);
  });

  test('ends before its program is started', async () => {
    const controller = new AbortController();
    const fit = aTrainer().fit(anInput('train'), aContext({ signal: controller.signal }));
    controller.abort();

    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
    expect(heard).toEqual([]);
  });

  test('ends with its program', async () => {
    const fit = aTrainer({ graceMs: 60_000 }).fit(anInput('hang'), abortedAtProgress());

    await expect(fit).rejects.toMatchObject({ code: 'aborted', cause: { message: 'no longer wanted' } });
    expect(told('pid').map(Number).filter(isAlive)).toEqual([]);
  });

  test('ends when the grace is over, with a program that takes no notice', async () => {
    const clock = manualClock();
    const fit = aTrainer({ graceMs: 700 }, { clock }).fit(anInput('ignore SIGTERM'), abortedAtProgress());
    await clock.expire(700);

    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
    expect(told('pid').map(Number).filter(isAlive)).toEqual([]);
  });

  test('ends even where its program cannot be killed at once', async () => {
    const clock = { now: () => 0, sleep: async () => undefined };
    const fit = aTrainer({}, { clock }).fit(anInput('ignore SIGTERM'), abortedAtProgress());

    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
    expect(told('directory').filter((directory) => existsSync(directory))).toEqual([]);
  });

  test('is what takes longer than it may', async () => {
    const clock = manualClock();
    const fit = aTrainer({ fitTimeoutMs: 9_000 }, { clock }).fit(anInput('hang'), aContext());
    await clock.expire(9_000);

    await expect(fit).rejects.toMatchObject({ code: 'deadline-exceeded' });
  });
});

describe('processes that a program leaves behind', () => {
  posixTest('end with it', async () => {
    const { numExamples } = await aTrainer().fit(anInput('leave a process in its group'), aContext());

    expect(numExamples).toBe(12);
    await gone(Number(told('left')[0]));
  });

  posixTest('end with it when it is told to end', async () => {
    const fit = aTrainer().fit(anInput('hang with a process in its group'), abortedAtProgress());

    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
    await gone(Number(told('left')[0]));
  });

  posixTest('hold nothing up where they hold its output open', async () => {
    const clock = manualClock();
    const fit = aTrainer({}, { clock }).fit(anInput('leave a process outside its group'), aContext());
    await clock.expire(1_000);
    const { numExamples } = await fit;
    const left = Number(told('left')[0]);
    const wasAlive = isAlive(left);
    process.kill(left, 'SIGKILL');

    expect([numExamples, wasAlive]).toEqual([12, true]);
  });
});

test('twenty calls of every kind leave nothing behind', async () => {
  const listeners = process.listenerCount('exit');
  const trainer = aTrainer();
  const calls = ['train', 'crash', 'write numbers alone', 'hang'].map(async (does) => {
    for (let i = 0; i < 5; i++)
      await trainer.fit(anInput(does), abortedAtProgressIf(does)).catch(() => undefined);
  });
  await Promise.all(calls);

  const directories = told('directory');
  expect(new Set(directories).size).toBe(20);
  expect(directories.filter((directory) => existsSync(directory))).toEqual([]);
  expect(told('pid').map(Number).filter(isAlive)).toEqual([]);
  expect(process.listenerCount('exit')).toBe(listeners);
});

function abortedAtProgressIf(does: string): TrainerContext {
  return does === 'hang' ? abortedAtProgress() : aContext();
}

test('a device that ends in the midst of a fit takes program and directory with it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [fixture('exits-while-training.mjs')]);
  const [, pid] = /^pid (\d+)$/m.exec(stdout)!;
  const [, directory] = /^directory (.+)$/m.exec(stdout)!;

  await gone(Number(pid));
  expect(existsSync(directory!)).toBe(false);
});
