import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freshDirectory } from '../../test/directories.js';
import { rejectionOf } from '../../test/error-code.js';
import { lockDirectory } from './directory-lock.js';
import type { FileSystem } from './file-system.js';
import { nodeFileSystem } from './node-file-system.js';

/** No process has so high an id. */
const DEAD = JSON.stringify({ host: hostname(), pid: 2 ** 30, token: 'of the dead' });

/** Calls `before` with the number of each call, from 1. */
function watched(before: (call: number) => Promise<void>): FileSystem {
  let calls = 0;
  return new Proxy(nodeFileSystem, {
    get(target, name: keyof FileSystem) {
      return async (...given: never[]) => {
        await before(++calls);
        return (target[name] as (...given: never[]) => unknown)(...given);
      };
    },
  });
}

async function directoryOfTheDead(): Promise<string> {
  const directory = await freshDirectory();
  await writeFile(join(directory, 'lock.json'), DEAD);
  return directory;
}

/** How often a starter that takes over a dead lock calls the file system. */
async function callsOfOneTakeover(): Promise<number> {
  let calls = 0;
  const files = watched(async (call) => {
    calls = call;
  });
  await lockDirectory(files, await directoryOfTheDead());
  return calls;
}

describe('lockDirectory', () => {
  it('refuses a second server until the first gives the directory back', async () => {
    const directory = await freshDirectory();
    const lock = await lockDirectory(nodeFileSystem, directory);
    expect(await rejectionOf(lockDirectory(nodeFileSystem, directory))).toMatchObject({ code: 'conflict' });
    await lock.release();
    await lock.release();
    await (await lockDirectory(nodeFileSystem, directory)).release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('refuses a lock of another machine, whose processes nobody here can see', async () => {
    const directory = await freshDirectory();
    await writeFile(join(directory, 'lock.json'), DEAD.replace(hostname(), `not-${hostname()}`));
    expect(await rejectionOf(lockDirectory(nodeFileSystem, directory))).toMatchObject({ code: 'conflict' });
  });

  it('takes over from the dead, and leaves nothing but its own lock', async () => {
    const directory = await directoryOfTheDead();
    await lockDirectory(nodeFileSystem, directory);
    expect(await readdir(directory)).toEqual(['lock.json']);
    expect(await readFile(join(directory, 'lock.json'), 'utf8')).not.toBe(DEAD);
  });

  it('gives a dead lock to one of two starters, wherever the second comes between', async () => {
    const calls = await callsOfOneTakeover();
    for (let at = 1; at <= calls; at++) {
      const directory = await directoryOfTheDead();
      let inner: PromiseSettledResult<unknown>[] = [];
      const files = watched(async (call) => {
        if (call === at) inner = await Promise.allSettled([lockDirectory(nodeFileSystem, directory)]);
      });
      const outer = await Promise.allSettled([lockDirectory(files, directory)]);
      const both = [...inner, ...outer].map(({ status }) => status);
      expect([at, ...both.sort()]).toEqual([at, 'fulfilled', 'rejected']);
    }
  });

  it('is taken over also from a starter that failed while it took it over', async () => {
    const calls = await callsOfOneTakeover();
    for (let at = 1; at <= calls; at++) {
      const directory = await directoryOfTheDead();
      const broken = watched(async (call) => {
        if (call >= at) throw Object.assign(new Error('broken'), { code: 'EIO' });
      });
      expect(await rejectionOf(lockDirectory(broken, directory))).toMatchObject({ code: 'storage' });
      await lockDirectory(nodeFileSystem, directory);
      expect(await rejectionOf(lockDirectory(nodeFileSystem, directory))).toMatchObject({ code: 'conflict' });
    }
  });

  it('of many starters at once, one gets it', async () => {
    const directory = await directoryOfTheDead();
    const all = await Promise.allSettled(
      Array.from({ length: 20 }, () => lockDirectory(nodeFileSystem, directory)),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
