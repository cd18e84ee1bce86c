import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeDirectory } from './make-directory.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'fedops-directory-'));
});
afterAll(() => rmSync(root, { recursive: true }));

test('a directory is made with those above it, also once more, and for this user alone', () => {
  const path = join(root, 'a', 'b', 'c');
  makeDirectory(path);
  makeDirectory(path);
  for (const made of [path, join(root, 'a')]) {
    const { mode } = statSync(made);
    if (process.platform !== 'win32') expect(mode & 0o077).toBe(0);
  }
});

test('a file in the place of a directory is told', () => {
  const file = join(root, 'file');
  writeFileSync(file, 'in the way');
  expect(() => makeDirectory(file)).toThrow('EEXIST');
});

(process.platform === 'linux' ? test : test.skip)(
  'where the system takes no directory it ends, also where it says that one is missing',
  () => {
    expect(() => makeDirectory('/proc/fedops/deep')).toThrow('ENOENT');
    expect(() => makeDirectory('/proc/fedops')).toThrow('ENOENT');
  },
);
