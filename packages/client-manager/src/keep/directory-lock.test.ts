import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type LockFiles, lockDirectory } from './directory-lock.js';
import { createText, readText, removeFile, replaceText } from './files.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedops-lock-test-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** No process has so high an id. */
async function leaveLockOfTheDead(): Promise<void> {
  const holder = { host: hostname(), pid: 2 ** 30, token: 'of the dead' };
  await writeFile(join(directory, 'lock.json'), JSON.stringify(holder));
}

async function outcomeOf(starter: Promise<unknown>): Promise<string> {
  try {
    await starter;
    return 'locked';
  } catch (error) {
    return FedOpsError.is(error) ? error.code : String(error);
  }
}

/** Lets `before` come before each step, which are numbered from 1. */
function watched(before: (step: number) => Promise<void>): LockFiles {
  let steps = 0;
  const next = () => before(++steps);
  return {
    createText: (path, text) => next().then(() => createText(path, text)),
    readText: (path) => next().then(() => readText(path)),
    replaceText: (path, text) => next().then(() => replaceText(path, text)),
    removeFile: (path) => next().then(() => removeFile(path)),
  };
}

async function stepsOfOneTakeover(): Promise<number> {
  await leaveLockOfTheDead();
  let steps = 0;
  const unlock = await lockDirectory(
    directory,
    watched(async (step) => {
      steps = step;
    }),
  );
  await unlock();
  return steps - 1;
}

describe('lockDirectory', () => {
  it('gives a dead lock to one of two starters, wherever the second comes between', async () => {
    const steps = await stepsOfOneTakeover();
    for (let at = 1; at <= steps; at++) {
      await leaveLockOfTheDead();
      let inner = 'not started';
      const files = watched(async (step) => {
        if (step === at) inner = await outcomeOf(lockDirectory(directory));
      });
      const outer = await outcomeOf(lockDirectory(directory, files));
      expect([at, ...[inner, outer].sort()]).toEqual([at, 'conflict', 'locked']);
    }
  });

  it('leaves nothing behind once it is given back', async () => {
    await leaveLockOfTheDead();
    const unlock = await lockDirectory(directory);
    await unlock();
    await unlock();
    expect(await readdir(directory)).toEqual([]);
    expect(await outcomeOf(lockDirectory(directory))).toBe('locked');
  });
});
