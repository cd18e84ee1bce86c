import type { JournalRecord } from './journal-record.js';

/** The write-ahead journal of a run: what is in it has happened, whatever becomes of the process. */
export interface Journal {
  /**
   * Resolves when the record is durable, in the order of the calls; records that are appended meanwhile share
   * the next flush.
   *
   * @throws {FedOpsError} `storage` where it cannot be written; from then on for every record.
   */
  append(record: JournalRecord): Promise<void>;
  close(): Promise<void>;
}

/** For a run that ends with its process. */
export const volatileJournal: Journal = { append: async () => {}, close: async () => {} };
