import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../../../test/temporary-directory.js';
import { openDevDirectory } from './dev-directory.js';

test('two who open a directory at once have the same secrets, and so has who comes later', async () => {
  const root = join(await temporaryDirectory(), 'dev');
  const opened = await Promise.all(Array.from({ length: 8 }, () => openDevDirectory(root)));
  const { adminToken, joinToken } = await openDevDirectory(root);
  expect(new Set(opened.map((one) => one.adminToken))).toEqual(new Set([adminToken]));
  expect(new Set(opened.map((one) => one.joinToken))).toEqual(new Set([joinToken]));
});

test('an empty file of a secret, as a full disk leaves it, is made anew', async () => {
  const root = await temporaryDirectory();
  await writeFile(join(root, 'admin.token'), '');
  const { adminToken } = await openDevDirectory(root);
  expect(adminToken.length).toBeGreaterThan(30);
  expect((await openDevDirectory(root)).adminToken).toBe(adminToken);
});

test('secrets are for this user alone, and no half one lies there', async () => {
  const root = await temporaryDirectory();
  const { adminTokenFile } = await openDevDirectory(root);
  expect((await readdir(root)).sort()).toEqual(['admin.token', 'join.token', 'logs', 'models']);
  if (process.platform !== 'win32') expect((await stat(adminTokenFile)).mode & 0o077).toBe(0);
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'where no directory can be made it says so, also where the system says that one is missing',
  async () => {
    const error: unknown = await openDevDirectory('/proc/fedops/dev').catch((thrown: unknown) => thrown);
    expect(FedOpsError.is(error) && [error.code, error.message]).toEqual([
      'storage',
      expect.stringContaining('cannot use /proc/fedops/dev'),
    ]);
  },
);
