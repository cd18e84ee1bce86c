import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  EARLIER_LOG_FILE,
  LOG_FILE,
  ORDER_FILE,
  READY_FILE,
  removeLaunchFiles,
  SPARE_OUTCOME_FILE,
} from './server-files.js';

let parent: string;
let directory: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fedops-server-files-'));
  directory = join(parent, 'run');
  await mkdir(directory);
  for (const name of [LOG_FILE, EARLIER_LOG_FILE, ORDER_FILE, READY_FILE, SPARE_OUTCOME_FILE])
    await writeFile(join(directory, name), '{}');
});
afterEach(() => rm(parent, { recursive: true }));

it('takes a run that is long over out of sight, with its directory; twice is once', async () => {
  await removeLaunchFiles(directory);
  await removeLaunchFiles(directory);
  expect(await readdir(parent)).toEqual([]);
});

it('leaves what the FL server itself keeps there', async () => {
  await mkdir(join(directory, 'data'));
  await removeLaunchFiles(directory);
  expect(await readdir(directory)).toEqual(['data']);
});
