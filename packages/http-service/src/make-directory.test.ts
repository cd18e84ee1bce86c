import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeDirectory } from './make-directory.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fedops-directory-'));
});
afterAll(() => rm(root, { recursive: true }));

test('a directory is made with those above it, also by several at once, and for this user alone', async () => {
  const path = join(root, 'a', 'b', 'c');
  await Promise.all(Array.from({ length: 8 }, () => makeDirectory(path)));
  await makeDirectory(path);
  for (const made of [path, join(root, 'a')]) {
    const { mode } = await stat(made);
    if (process.platform !== 'win32') expect(mode & 0o077).toBe(0);
  }
});

test('a file in the place of a directory is told', async () => {
  const file = join(root, 'file');
  await writeFile(file, 'in the way');
  await expect(makeDirectory(file)).rejects.toMatchObject({ code: 'EEXIST' });
});

(process.platform === 'linux' ? test : test.skip)(
  'where the system takes no directory it ends, also where it says that one is missing',
  async () => {
    await expect(makeDirectory('/proc/fedops/deep')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(makeDirectory('/proc/fedops')).rejects.toMatchObject({ code: 'ENOENT' });
  },
);
