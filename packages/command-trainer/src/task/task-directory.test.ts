import { existsSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withTaskDirectory, writeTask } from './task-directory.js';
import { evaluateTask } from './task-document.js';

const posixTest = process.platform === 'win32' ? test.skip : test;

posixTest('a task directory is closed to other users', async () => {
  const mode = await withTaskDirectory(async (directory) => (await stat(directory)).mode);

  expect(mode & 0o777).toBe(0o700);
});

test('is gone after the work, with all that is in it', async () => {
  const directory = await withTaskDirectory(async (lent) => {
    await writeFile(join(lent, 'left'), '');
    return lent;
  });

  expect(existsSync(directory)).toBe(false);
});

test('is gone after a failure, which comes through', async () => {
  let directory = '';
  const work = withTaskDirectory(async (lent) => {
    directory = lent;
    throw new Error('no luck');
  });

  await expect(work).rejects.toThrow('no luck');
  expect(existsSync(directory)).toBe(false);
});

test('nothing is written once the work is no longer wanted', async () => {
  await withTaskDirectory(async (directory) => {
    const input = { parameters: { signature: [], tensors: [] }, round: 1, seed: 0, config: {} };
    const task = evaluateTask(input, { directory, format: 'npz' });
    const writing = writeTask(directory, { task, model: new Uint8Array(8) }, AbortSignal.abort());

    await expect(writing).rejects.toThrow();
    expect(await readdir(directory)).toEqual([]);
  });
});
