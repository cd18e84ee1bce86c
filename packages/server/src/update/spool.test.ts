import { readdir } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { freshDirectory } from '../../test/directories.js';
import type { FileSystem } from '../files/file-system.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { openSpool } from './spool.js';

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
  const upload = await (await openSpool(nodeFileSystem, directory)).begin();
  await upload.append(new Uint8Array(8));
  const slot = await upload.keep();

  let open = () => {};
  const latch = new Promise<void>((resolve) => {
    open = resolve;
  });
  const spool = await openSpool(heldDisk(latch), directory, [slot]);
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
