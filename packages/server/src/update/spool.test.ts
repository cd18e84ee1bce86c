import { readdir } from 'node:fs/promises';
import { afterEach, expect, it } from '@jest/globals';
import { freshDirectory } from '../../test/directories.js';
import type { FileSystem } from '../files/file-system.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { openSpool, type Spool } from './spool.js';

const opened: Spool[] = [];

afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
});

async function spoolIn(...args: Parameters<typeof openSpool>): Promise<Spool> {
  const spool = await openSpool(...args);
  opened.push(spool);
  return spool;
}

/** A disk on which files are opened only after the latch opens. */
function heldDisk(latch: Promise<void>): FileSystem {
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      await latch;
      return nodeFileSystem.open(path, mode);
    },
  };
}

it('is closed only when no slot is being emptied: an emptied slot would come back into a removed directory', async () => {
  const directory = await freshDirectory();
  const upload = await (await spoolIn(nodeFileSystem, directory)).begin();
  await upload.append(new Uint8Array(8));
  const slot = await upload.keep();

  let open = () => {};
  const latch = new Promise<void>((resolve) => {
    open = resolve;
  });
  const spool = await spoolIn(heldDisk(latch), directory, [slot]);
  const order: string[] = [];
  const emptied = spool.retain([]).then(() => order.push('emptied'));
  const closed = spool.close().then(() => order.push('closed'));
  open();
  await Promise.all([emptied, closed]);
  expect(order).toEqual(['emptied', 'closed']);

  await nodeFileSystem.removeTree(directory);
  await spool.retain([]);
  await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('keeps no byte of an update before in a slot whose bytes could not be cut away', async () => {
  const directory = await freshDirectory();
  let isBroken = true;
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      const truncate = (length: number) =>
        isBroken ? Promise.reject(new Error('broken')) : file.truncate(length);
      return { ...file, truncate };
    },
  };
  const spool = await spoolIn(files, directory);
  const refused = await spool.begin();
  await refused.append(new Uint8Array(8));
  await expect(refused.discard()).rejects.toThrow();
  isBroken = false;

  const upload = await spool.begin();
  await upload.append(Uint8Array.of(1, 2));
  const reader = await spool.open(await upload.keep());
  const bytes = new Uint8Array(reader.byteLength);
  await reader.read(0, bytes);
  expect([...bytes]).toEqual([1, 2]);
});

/** A disk whose files fail at what is named, as long as it fails. */
function failingDisk(operation: 'truncate' | 'close') {
  const disk = { isBroken: true, closed: 0 };
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      return {
        ...file,
        async truncate(length) {
          if (disk.isBroken && operation === 'truncate') throw brokenDisk();
          await file.truncate(length);
        },
        async close() {
          await file.close();
          disk.closed++;
          if (disk.isBroken && operation === 'close') throw brokenDisk();
        },
      };
    },
  };
  return { disk, files };
}

function brokenDisk(): Error {
  return Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
}

async function anUpdateIn(spool: Spool, byte: number): Promise<number> {
  const upload = await spool.begin();
  await upload.append(new Uint8Array(4).fill(byte));
  return upload.keep();
}

it('uses a slot again that could not be emptied, and keeps nothing of what was in it', async () => {
  const { disk, files } = failingDisk('truncate');
  disk.isBroken = false;
  const spool = await spoolIn(files, await freshDirectory());
  const slots = [await anUpdateIn(spool, 1), await anUpdateIn(spool, 2)];
  disk.isBroken = true;
  await expect(spool.retain([])).rejects.toMatchObject({ code: 'storage' });
  await expect(spool.begin()).rejects.toMatchObject({ code: 'storage' });
  disk.isBroken = false;
  expect([await anUpdateIn(spool, 3), await anUpdateIn(spool, 4)]).toEqual(slots);
  const reader = await spool.open(slots[0]!);
  expect(reader.byteLength).toBe(4);
  await reader.close();
});

it('says storage where the bytes of an upload cannot be cut away', async () => {
  const { disk, files } = failingDisk('truncate');
  const spool = await spoolIn(files, await freshDirectory());
  const upload = await spool.begin();
  disk.isBroken = true;
  await expect(upload.discard()).rejects.toMatchObject({ code: 'storage' });
});

it('closes all its files, also where one of them cannot be closed', async () => {
  const { disk, files } = failingDisk('close');
  const spool = await openSpool(files, await freshDirectory());
  for (const byte of [1, 2, 3]) await anUpdateIn(spool, byte);
  await expect(spool.close()).rejects.toMatchObject({ code: 'storage' });
  expect(disk.closed).toBe(3);
  await spool.close();
});

it('frees a slot only when what was on its way to it has reached the disk: it would lie in another update', async () => {
  const order: string[] = [];
  let goOn = () => {};
  const written = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      return {
        ...file,
        async write(bytes) {
          await written;
          await file.write(bytes);
          order.push('written');
        },
        async truncate(length) {
          order.push('cut away');
          await file.truncate(length);
        },
      };
    },
  };
  const upload = await (await spoolIn(files, await freshDirectory())).begin();
  const ends = [upload.append(new Uint8Array(8)), upload.discard()];
  goOn();
  await Promise.all(ends);
  expect(order).toEqual(['written', 'cut away']);
});
