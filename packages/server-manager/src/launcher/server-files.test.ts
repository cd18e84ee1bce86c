import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  EARLIER_LOG_FILE,
  LOG_FILE,
  ORDER_FILE,
  OUTCOME_FILE,
  OutcomeFileSchema,
  READY_FILE,
  readLaunchFile,
  removeLaunchFiles,
  SPARE_OUTCOME_FILE,
  tellBySpare,
  writeLaunchFile,
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

it('leaves no half of a file that could not be written', async () => {
  await mkdir(join(directory, OUTCOME_FILE));
  await expect(writeLaunchFile(directory, OUTCOME_FILE, {})).rejects.toThrow();
  expect((await readdir(directory)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

it('tells the outcome that was written beforehand where there is no room for another', async () => {
  const end = { kind: 'suspended', reason: 'storage', message: 'the disk is full' } as const;
  await writeLaunchFile(directory, SPARE_OUTCOME_FILE, { end, view: null });
  await tellBySpare(directory);
  expect(await readLaunchFile(directory, OUTCOME_FILE, OutcomeFileSchema)).toMatchObject({ end });
});
