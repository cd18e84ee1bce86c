import { existsSync } from 'node:fs';
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FedOpsError } from '@fedops/shared-types';
import { afterEach, expect, test } from '@jest/globals';
import { withTaskDirectory, writeTask } from './task-directory.js';
import { evaluateTask } from './task-document.js';

const warnings: FedOpsError[] = [];
const parts = { warn: (warning: FedOpsError) => void warnings.push(warning) };

/** Whatever came of a test: nobody was warned. */
afterEach(() => expect(warnings.splice(0)).toEqual([]));

const posixTest = process.platform === 'win32' ? test.skip : test;

posixTest('a task directory is closed to other users', async () => {
  const modes = await withTaskDirectory(async (directory) => {
    const both = await Promise.all([stat(directory), stat(dirname(directory))]);
    return both.map(({ mode }) => mode & 0o777);
  }, parts);

  expect(modes).toEqual([0o700, 0o700]);
});

test('is gone after the work, with all that is in it', async () => {
  const directory = await withTaskDirectory(async (lent) => {
    await writeFile(join(lent, 'left'), '');
    return lent;
  }, parts);

  expect(existsSync(dirname(directory))).toBe(false);
});

test('is gone after a failure, which comes through', async () => {
  let directory = '';
  const work = withTaskDirectory(async (lent) => {
    directory = lent;
    throw new Error('no luck');
  }, parts);

  await expect(work).rejects.toThrow('no luck');
  expect(existsSync(dirname(directory))).toBe(false);
});

test('the result is given where its directory cannot be removed, with a warning', async () => {
  let directory = '';
  const remove = () => Promise.reject(new Error('EBUSY'));
  const work = withTaskDirectory(
    async (lent) => {
      directory = lent;
      return 'a model';
    },
    { ...parts, remove },
  );

  expect(await work).toBe('a model');
  expect(warnings.splice(0)).toMatchObject([{ code: 'storage' }]);
  await rm(dirname(directory), { recursive: true });
});

const linuxTest = process.platform === 'linux' ? test : test.skip;

linuxTest('a model that finds no room on the disk fails as that', async () => {
  await withTaskDirectory(async (directory) => {
    const input = { parameters: { signature: [], tensors: [] }, round: 1, seed: 0, config: {} };
    const task = { ...evaluateTask(input, { directory, format: 'npz' }), parameters: '/dev/full' };
    const writing = writeTask(directory, { task, model: new Uint8Array(8) }, new AbortController().signal);

    await expect(writing).rejects.toMatchObject({ code: 'storage', cause: { code: 'ENOSPC' } });
  }, parts);
});

test('nothing is written once the work is no longer wanted', async () => {
  await withTaskDirectory(async (directory) => {
    const input = { parameters: { signature: [], tensors: [] }, round: 1, seed: 0, config: {} };
    const task = evaluateTask(input, { directory, format: 'npz' });
    const writing = writeTask(directory, { task, model: new Uint8Array(8) }, AbortSignal.abort());

    await expect(writing).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
  }, parts);
});
