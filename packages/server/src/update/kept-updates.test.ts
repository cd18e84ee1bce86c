import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { freshDirectory } from '../../test/directories.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { openKeptUpdates } from './kept-updates.js';

it('removes the halves of copies that a killed server left, and keeps the copies', async () => {
  const directory = join(await freshDirectory(), 'updates');
  await mkdir(directory);
  for (const name of ['0123.tmp', 'id-a.0123.update']) await writeFile(join(directory, name), 'x');
  await openKeptUpdates(nodeFileSystem, directory);
  expect(await readdir(directory)).toEqual(['id-a.0123.update']);
});
