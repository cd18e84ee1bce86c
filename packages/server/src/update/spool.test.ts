import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { bytesBelow, freshDirectory } from '../../test/directories.js';
import { fakeClock } from '../../test/fake-clock.js';
import type { Clock } from '../clock.js';
import type { FileSystem, OpenFile } from '../files/file-system.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { BYTES_STAY_MS, openSpool, type Spool } from './spool.js';

const opened: Spool[] = [];

afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
});

async function spoolIn(
  files: FileSystem,
  directory: string,
  { kept = [], clock = fakeClock() }: { kept?: readonly number[]; clock?: Clock } = {},
): Promise<Spool> {
  const spool = await openSpool({ files, clock }, directory, kept);
  opened.push(spool);
  return spool;
}

/** A disk whose files do some things in another way. */
function diskWhose(changesOf: (file: OpenFile) => Partial<OpenFile>): FileSystem {
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      return { ...file, ...changesOf(file) };
    },
  };
}

/** Opens when the test says so. */
function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A disk on which files are opened only after the latch opens. */
function heldDisk(goesOn: Promise<void>): FileSystem {
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      await goesOn;
      return nodeFileSystem.open(path, mode);
    },
  };
}

it('is closed only when no slot is being emptied: an emptied slot would come back into a removed directory', async () => {
  const directory = await freshDirectory();
  const upload = await (await spoolIn(nodeFileSystem, directory)).begin();
  await upload.append(new Uint8Array(8));
  const slot = await upload.keep();

  const { opened: goesOn, open } = latch();
  const spool = await spoolIn(heldDisk(goesOn), directory, { kept: [slot] });
  const order: string[] = [];
  spool.retain([]);
  const emptied = spool.empty().then(() => order.push('emptied'));
  const closed = spool.close().then(() => order.push('closed'));
  open();
  await Promise.all([emptied, closed]);
  expect(order).toEqual(['emptied', 'closed']);

  await nodeFileSystem.removeTree(directory);
  spool.retain([]);
  await spool.empty();
  await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('keeps no byte of an update before in a slot whose bytes could not be cut away', async () => {
  const directory = await freshDirectory();
  let isBroken = true;
  const files = diskWhose((file) => ({
    truncate: (length) => (isBroken ? Promise.reject(new Error('broken')) : file.truncate(length)),
  }));
  const spool = await spoolIn(files, directory);
  const refused = await spool.begin();
  await refused.append(new Uint8Array(8));
  await expect(refused.discard()).rejects.toThrow();
  isBroken = false;

  const upload = await spool.begin();
  await upload.append(Uint8Array.of(1, 2));
  expect(await bytesIn(spool, await upload.keep())).toEqual([1, 2]);
});

/** A disk whose files fail at what is named, as long as it fails. */
function failingDisk(operation: 'truncate' | 'close') {
  const disk = { isBroken: true, closed: 0 };
  const files = diskWhose((file) => ({
    async truncate(length) {
      if (disk.isBroken && operation === 'truncate') throw brokenDisk();
      await file.truncate(length);
    },
    async close() {
      await file.close();
      disk.closed++;
      if (disk.isBroken && operation === 'close') throw brokenDisk();
    },
  }));
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

async function bytesIn(spool: Spool, slot: number): Promise<number[]> {
  const reader = await spool.open(slot);
  const bytes = new Uint8Array(reader.byteLength);
  await reader.read(0, bytes);
  await reader.close();
  return [...bytes];
}

/** Notes to which lengths files are cut. */
function watchedTruncations(lengths: number[]): FileSystem {
  return diskWhose((file) => ({
    async truncate(length) {
      lengths.push(length);
      await file.truncate(length);
    },
  }));
}

it('uses a slot again that could not be emptied, and keeps nothing of what was in it', async () => {
  const { disk, files } = failingDisk('truncate');
  disk.isBroken = false;
  const spool = await spoolIn(files, await freshDirectory());
  const slots = [await anUpdateIn(spool, 1), await anUpdateIn(spool, 2)];
  disk.isBroken = true;
  spool.retain([]);
  await expect(spool.empty()).rejects.toMatchObject({ code: 'storage' });
  expect(await anUpdateIn(spool, 3)).toBe(slots[0]);
  // What is in it is longer, and cannot be cut off.
  const short = await spool.begin();
  await expect(short.keep()).rejects.toMatchObject({ code: 'storage' });
  await expect(short.discard()).rejects.toMatchObject({ code: 'storage' });
  disk.isBroken = false;
  expect(await anUpdateIn(spool, 4)).toBe(slots[1]);
  expect([await bytesIn(spool, slots[0]!), await bytesIn(spool, slots[1]!)]).toEqual([
    [3, 3, 3, 3],
    [4, 4, 4, 4],
  ]);
});

describe('a slot that is free', () => {
  it('holds bytes for a second, and none from then on', async () => {
    const [clock, directory] = [fakeClock(), await freshDirectory()];
    const spool = await spoolIn(nodeFileSystem, directory, { clock });
    await anUpdateIn(spool, 1);
    spool.retain([]);
    await clock.advance(BYTES_STAY_MS - 1);
    expect(await bytesBelow(directory)).toBe(4);
    await clock.advance(1);
    await spool.close();
    expect(await bytesBelow(directory)).toBe(0);
  });

  it('is written over while rounds are short, and then what is left of it is cut away', async () => {
    const [clock, directory] = [fakeClock(), await freshDirectory()];
    const lengths: number[] = [];
    const files = watchedTruncations(lengths);
    const spool = await spoolIn(files, directory, { clock });
    for (let round = 1; round <= 10; round++) {
      const slots = [await anUpdateIn(spool, round), ...(round < 3 ? [await anUpdateIn(spool, 99)] : [])];
      expect(await bytesIn(spool, slots[0]!)).toEqual(Array(4).fill(round));
      spool.retain([]);
      await clock.advance(BYTES_STAY_MS / 5);
    }
    // The second slot, of two rounds; the first one was never left alone for so long.
    expect(lengths).toEqual([0]);
    await clock.advance(BYTES_STAY_MS);
    expect(lengths).toEqual([0, 0]);
  });

  it('keeps nothing of a longer update in a shorter one, nor in what a restart finds', async () => {
    const directory = await freshDirectory();
    const spool = await spoolIn(nodeFileSystem, directory);
    await anUpdateIn(spool, 1);
    spool.retain([]);
    const upload = await spool.begin();
    await upload.append(Uint8Array.of(7));
    const slot = await upload.keep();
    const again = await spoolIn(nodeFileSystem, directory, { kept: [slot] });
    expect([await bytesIn(spool, slot), await bytesIn(again, slot)]).toEqual([[7], [7]]);
    again.retain([]);
    const next = await again.begin();
    expect(await bytesIn(again, await next.keep())).toEqual([]);
  });

  it('is not cut away twice, by who empties all and by the time that has passed', async () => {
    const [clock, directory] = [fakeClock(), await freshDirectory()];
    const lengths: number[] = [];
    const spool = await spoolIn(watchedTruncations(lengths), directory, { clock });
    await anUpdateIn(spool, 1);
    spool.retain([]);
    const emptied = [spool.empty(), spool.empty()];
    await clock.advance(BYTES_STAY_MS);
    await Promise.all(emptied);
    expect(lengths).toEqual([0]);
  });
});

it('is empty only when what is cut away already is gone too', async () => {
  const [clock, order, directory] = [fakeClock(), [] as string[], await freshDirectory()];
  const { opened: goesOn, open: goOn } = latch();
  const files = diskWhose((file) => ({
    async truncate(length) {
      await goesOn;
      await file.truncate(length);
      order.push('cut away');
    },
  }));
  const spool = await spoolIn(files, directory, { clock });
  await anUpdateIn(spool, 1);
  spool.retain([]);
  await clock.advance(BYTES_STAY_MS);
  const emptied = spool.empty().then(() => order.push('empty'));
  // Longer than it takes to have nothing to do.
  await new Promise((resolve) => setImmediate(resolve));
  goOn();
  await emptied;
  expect(order).toEqual(['cut away', 'empty']);
});

it('tells where bytes stay that could not be cut away, and tries again after the next round', async () => {
  const [clock, directory] = [fakeClock(), await freshDirectory()];
  const { disk, files } = failingDisk('truncate');
  disk.isBroken = false;
  let tell = (_error: unknown) => {};
  const told = new Promise<unknown>((resolve) => {
    tell = resolve;
  });
  const spool = await openSpool({ files, clock, onLeftOver: (error) => tell(error) }, directory);
  opened.push(spool);
  await anUpdateIn(spool, 1);
  await anUpdateIn(spool, 2);
  spool.retain([]);
  disk.isBroken = true;
  await clock.advance(BYTES_STAY_MS);
  expect(await told).toMatchObject({ code: 'storage' });
  disk.isBroken = false;
  await anUpdateIn(spool, 3);
  spool.retain([]);
  await clock.advance(BYTES_STAY_MS);
  await spool.close();
  expect(await bytesBelow(directory)).toBe(0);
});

it('shows of an update without bytes none of the one before', async () => {
  const spool = await spoolIn(nodeFileSystem, await freshDirectory());
  const upload = await spool.begin();
  await upload.append(new Uint8Array(64).fill(1));
  await upload.keep();
  spool.retain([]);
  const reader = await spool.open(await (await spool.begin()).keep());
  await expect(reader.read(0, new Uint8Array(1))).rejects.toMatchObject({ code: 'storage' });
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
  const spool = await openSpool({ files, clock: fakeClock() }, await freshDirectory());
  for (const byte of [1, 2, 3]) await anUpdateIn(spool, byte);
  await expect(spool.close()).rejects.toMatchObject({ code: 'storage' });
  expect(disk.closed).toBe(3);
  await spool.close();
});

it('frees a slot only when what was on its way to it has reached the disk: it would lie in another update', async () => {
  const order: string[] = [];
  const { opened: goesOn, open: goOn } = latch();
  const files = diskWhose((file) => ({
    async write(bytes) {
      await goesOn;
      await file.write(bytes);
      order.push('written');
    },
    async truncate(length) {
      order.push('cut away');
      await file.truncate(length);
    },
  }));
  const upload = await (await spoolIn(files, await freshDirectory())).begin();
  const ends = [upload.append(new Uint8Array(8)), upload.discard()];
  goOn();
  await Promise.all(ends);
  expect(order).toEqual(['written', 'cut away']);
});

it('empties thousands of slots with few of their files open at once', async () => {
  const directory = await freshDirectory();
  const names = Array.from({ length: 2_000 }, (_, slot) => join(directory, `slot-${slot}`));
  for (const name of names) await writeFile(name, 'left over');
  let [open, most] = [0, 0];
  const files: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      most = Math.max(most, ++open);
      const file = await nodeFileSystem.open(path, mode);
      return {
        ...file,
        async close() {
          await file.close();
          open--;
        },
      };
    },
  };
  await spoolIn(files, directory);
  expect(await bytesBelow(directory)).toBe(0);
  expect(most).toBeLessThan(300);
});
