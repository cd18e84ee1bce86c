import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientId } from '@fedops/shared-types';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { loadIdentity } from '../src/identity/load-identity.js';

let parent: string;
let directory: string;

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fedops-identity-'));
  directory = join(parent, 'data', 'client');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

const file = () => join(directory, 'client-identity.json');

describe('the identity of a client', () => {
  test('is made once and kept', async () => {
    const first = await loadIdentity(directory);
    expect(await loadIdentity(directory)).toEqual(first);
    expect(first.key.length).toBeGreaterThanOrEqual(43);
    expect(await readdir(directory)).toEqual(['client-identity.json']);
  });

  test('differs from device to device', async () => {
    const [one, other] = [await loadIdentity(directory), await loadIdentity(join(parent, 'other'))];
    expect(one.clientId).not.toBe(other.clientId);
    expect(one.key).not.toBe(other.key);
  });

  test('is one for all who load it first at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => loadIdentity(directory)));
    expect(new Set(all.map(({ key }) => key)).size).toBe(1);
    expect(await readdir(directory)).toEqual(['client-identity.json']);
  });

  test('keeps its key under a configured id', async () => {
    const made = await loadIdentity(directory);
    expect(await loadIdentity(directory, 'device-7' as ClientId)).toEqual({
      clientId: 'device-7',
      key: made.key,
    });
    expect(await loadIdentity(directory)).toEqual(made);
  });

  (process.platform === 'win32' ? test.skip : test)('is private to the user', async () => {
    await loadIdentity(directory);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['cut off', '{"magic":"fedops-client-id'],
    ['empty', ''],
    ['another file', '{"name":"package"}'],
    [
      'of a later version',
      JSON.stringify({ magic: 'fedops-client-identity', version: 2, clientId: 'a', key: 'k'.repeat(32) }),
    ],
    [
      'without a key',
      JSON.stringify({ magic: 'fedops-client-identity', version: 1, clientId: 'a', key: 'short' }),
    ],
  ])('is an error, and left alone, where its file is %s', async (_name, content) => {
    await mkdir(directory, { recursive: true });
    await writeFile(file(), content);
    await expect(loadIdentity(directory)).rejects.toMatchObject({ code: 'storage' });
    expect(await readFile(file(), 'utf8')).toBe(content);
  });

  test('is an error where its file cannot be read', async () => {
    await mkdir(file(), { recursive: true });
    await expect(loadIdentity(directory)).rejects.toMatchObject({ code: 'storage' });
  });

  (process.platform === 'linux' ? test : test.skip)(
    'is an error soon where the system takes no directory at all',
    async () => {
      await expect(loadIdentity('/proc/fedops/client')).rejects.toMatchObject({
        code: 'storage',
        message: expect.stringContaining('/proc/fedops/client'),
      });
    },
  );

  test('is an error where its directory cannot be made', async () => {
    await writeFile(join(parent, 'data'), 'a file in the way');
    await expect(loadIdentity(directory)).rejects.toMatchObject({ code: 'storage' });
  });
});
