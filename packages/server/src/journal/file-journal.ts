import { dirname } from 'node:path';
import { parseWith } from '@fedops/shared-types';
import { readBytes } from '../files/durable-files.js';
import type { FileSystem, OpenFile } from '../files/file-system.js';
import { storageError, storing } from '../files/storage-error.js';
import type { Journal } from './journal.js';
import { frameOf, JOURNAL_HEADER_BYTES, journalHeader, readFrames } from './journal-frame.js';
import { type JournalRecord, JournalRecordSchema } from './journal-record.js';

/** A journal, and what it held when it was opened. */
export interface OpenedJournal {
  readonly journal: Journal;
  /** What was journalled before, oldest first. */
  readonly records: readonly JournalRecord[];
}

/**
 * Opens the journal in a file, which is made where it is not there. The rest of a write that was cut off is
 * cut away: nobody was ever told of it.
 *
 * @throws {FedOpsError} `storage` where it cannot be read or holds something else, `unsupported` for another version.
 */
export function openFileJournal(files: FileSystem, path: string): Promise<OpenedJournal> {
  return storing(`journal ${path}`, async () => {
    const { records, byteLength } = readFrames((await readBytes(files, path)) ?? new Uint8Array());
    const file = await files.open(path, 'append');
    try {
      await file.truncate(byteLength);
      if (byteLength === 0) await file.write(journalHeader());
      await file.sync();
      await files.syncDirectory(dirname(path));
    } catch (error) {
      await file.close();
      throw error;
    }
    return {
      journal: groupCommitting(path, file, Math.max(byteLength, JOURNAL_HEADER_BYTES)),
      records: records.map((record) => parseWith(JournalRecordSchema, record, `journal ${path}`, 'storage')),
    };
  });
}

/** @param durableBytes Length of the file when it was opened. */
function groupCommitting(path: string, file: OpenFile, durableBytes: number): Journal {
  interface Waiting {
    readonly record: JournalRecord;
    readonly settle: (error?: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;
  let failure: unknown;

  async function flushAll(): Promise<void> {
    // Records that are appended together are flushed together, also the first ones.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        if (failure !== undefined) throw failure;
        const bytes = Buffer.concat(batch.map(({ record }) => frameOf(record, durableBytes)));
        await file.write(bytes);
        await file.sync();
        durableBytes += bytes.length;
      } catch (error) {
        // After a failed write nobody knows what the file holds: nothing more is appended behind it.
        failure ??= storageError(`journal ${path}`, error);
      }
      for (const { settle } of batch) settle(failure);
    }
    flushing = undefined;
  }

  return {
    append: (record) =>
      new Promise((resolve, reject) => {
        const settle = (error?: unknown) => (error === undefined ? resolve() : reject(error));
        waiting.push({ record, settle });
        flushing ??= flushAll();
      }),
    async close() {
      await flushing;
      await file.close();
    },
  };
}

/**
 * The records of a journal that nobody writes to; undefined where there is none.
 *
 * @throws {FedOpsError} as {@link openFileJournal}
 */
export function readJournal(files: FileSystem, path: string): Promise<readonly JournalRecord[] | undefined> {
  return storing(`journal ${path}`, async () => {
    const bytes = await readBytes(files, path);
    if (bytes === undefined) return undefined;
    return readFrames(bytes).records.map((record) =>
      parseWith(JournalRecordSchema, record, `journal ${path}`, 'storage'),
    );
  });
}
