import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sweepAbandoned } from './abandoned-directories.js';
import { isAbandoned, ownDirectory } from './directory-owner.js';

const posixTest = process.platform === 'win32' ? test.skip : test;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sweep '));
});
afterEach(() => rm(folder, { recursive: true }));

const sweep = () =>
  sweepAbandoned(folder, (warning) => {
    throw warning;
  });

/** A directory with a model in it. */
async function aDirectory(name: string): Promise<string> {
  const directory = join(folder, name);
  await mkdir(join(directory, 'work'), { recursive: true });
  await writeFile(join(directory, 'work', 'parameters.npz'), 'a model');
  return directory;
}

/** As the end of a process leaves one: the socket is there, and nobody listens. */
async function abandon(directory: string): Promise<void> {
  const disown = await ownDirectory(directory);
  disown();
}

posixTest('a directory whose owner has ended is removed', async () => {
  await abandon(await aDirectory('fedops-task-left'));

  await sweep();

  expect(await readdir(folder)).toEqual([]);
});

posixTest('a directory whose owner lives stays', async () => {
  const disown = await ownDirectory(await aDirectory('fedops-task-live'));

  await sweep();

  expect(await readdir(folder)).toEqual(['fedops-task-live']);
  disown();
});

posixTest('a directory that nobody has marked, or another host has, stays', async () => {
  await aDirectory('fedops-task-unmarked');
  const elsewhere = await aDirectory('fedops-task-elsewhere');
  await writeFile(join(elsewhere, 'owner-00000000'), '');

  await sweep();

  expect((await readdir(folder)).sort()).toEqual(['fedops-task-elsewhere', 'fedops-task-unmarked']);
});

posixTest('neither other names nor links are followed', async () => {
  const other = await aDirectory('other');
  await abandon(other);
  await symlink(other, join(folder, 'fedops-task-link'));

  await sweep();

  expect((await readdir(folder)).sort()).toEqual(['fedops-task-link', 'other']);
  expect(await readdir(other)).toContain('work');
});

posixTest('a directory too deep for a mark does without', async () => {
  const deep = await aDirectory(`fedops-task-${'x'.repeat(100)}`);
  const disown = await ownDirectory(deep);
  disown();

  expect(await readdir(deep)).toEqual(['work']);
  expect(await isAbandoned(deep)).toBe(false);
});

test('a folder that is not there has nothing to sweep', async () => {
  await expect(sweepAbandoned(join(folder, 'none'), () => undefined)).resolves.toBeUndefined();
});
