import type { ClientId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '../../test/error-code.js';
import { lossyFileSystem, SYNCED_ONLY } from '../../test/lossy-file-system.js';
import type { FileSystem } from '../files/file-system.js';
import { openFileJournal, readJournal } from './file-journal.js';
import type { JournalRecord } from './journal-record.js';

const PATH = '/run/journal';

function recordOf(i: number): JournalRecord {
  return { kind: 'client-known', clientId: `c${i}` as ClientId, keyHash: String(i % 10).repeat(64) };
}

async function emptyDisk() {
  const disk = lossyFileSystem();
  await disk.makeDirectory('/run');
  await disk.syncDirectory('/');
  return disk;
}

describe('a journal in a file', () => {
  it('has every record that was appended, in order, after a loss of power', async () => {
    const disk = await emptyDisk();
    const { journal } = await openFileJournal(disk, PATH);
    const all = Array.from({ length: 20 }, (_, i) => recordOf(i));
    await Promise.all(all.map((record) => journal.append(record)));
    expect(await readJournal(disk.restored(SYNCED_ONLY), PATH)).toEqual(all);
  });

  it('flushes once for all records that come together, and once for all that come while it flushes', async () => {
    const disk = await emptyDisk();
    const { journal } = await openFileJournal(disk, PATH);
    const before = disk.operations.length;
    const flushes = () => disk.operations.slice(before).filter((operation) => operation.startsWith('sync '));
    const hundred = () => Array.from({ length: 100 }, (_, i) => journal.append(recordOf(i)));
    await Promise.all(hundred());
    expect(flushes()).toHaveLength(1);
    const underWay = journal.append(recordOf(0));
    await Promise.resolve();
    await Promise.all([underWay, ...hundred()]);
    expect(flushes()).toHaveLength(3);
  });

  it('goes on behind the last whole record of one that was cut off', async () => {
    const disk = await emptyDisk();
    const { journal } = await openFileJournal(disk, PATH);
    await journal.append(recordOf(1));
    await journal.append(recordOf(2));
    await journal.close();
    const file = await disk.open(PATH, 'append');
    await file.truncate((await file.size()) - 3);

    const again = await openFileJournal(disk, PATH);
    expect(again.records).toEqual([recordOf(1)]);
    await again.journal.append(recordOf(3));
    expect(await readJournal(disk, PATH)).toEqual([recordOf(1), recordOf(3)]);
  });

  it('takes nothing more once a write has failed, though there is room again', async () => {
    const disk = await emptyDisk();
    const full = { isFull: false };
    const { journal } = await openFileJournal(fillable(disk, full), PATH);
    await journal.append(recordOf(1));
    full.isFull = true;
    const failures = [journal.append(recordOf(2)), journal.append(recordOf(3))].map(rejectionOf);
    expect((await Promise.all(failures)).map(({ code }) => code)).toEqual(['storage', 'storage']);
    full.isFull = false;
    expect(await rejectionOf(journal.append(recordOf(4)))).toMatchObject({
      code: 'storage',
      details: { system: 'ENOSPC' },
    });
    expect(await readJournal(disk, PATH)).toEqual([recordOf(1)]);
  });

  it('is undefined where there is none', async () => {
    expect(await readJournal(await emptyDisk(), PATH)).toBeUndefined();
  });
});

/** A disk that can be full. */
function fillable(disk: FileSystem, full: { readonly isFull: boolean }): FileSystem {
  return {
    ...disk,
    async open(path, mode) {
      const file = await disk.open(path, mode);
      return {
        ...file,
        async write(bytes) {
          if (full.isFull) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
          await file.write(bytes);
        },
      };
    },
  };
}
