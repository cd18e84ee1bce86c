import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import { inTime } from '../files/in-time.js';
import type { Journal } from './journal.js';

/** A record that is not durable by then is taken for lost: whoever waits behind it is to hear why. */
export const JOURNAL_PATIENCE_MS = 30_000;

/**
 * A journal that waits no longer than {@link JOURNAL_PATIENCE_MS} for the one behind it: a disk that answers nothing
 * is as bad as one that refuses, and says less.
 *
 * `append` and `close` throw {@link FedOpsError} `storage` when the time is over, `append` then for every record. What
 * was on its way may become durable all the same, as it may when the process ends.
 */
export function patientJournal(clock: Clock, journal: Journal): Journal {
  let overdue: FedOpsError | undefined;

  function waitFor(work: Promise<void>, message: string): Promise<void> {
    return inTime(clock, JOURNAL_PATIENCE_MS, {
      work,
      late() {
        overdue ??= new FedOpsError('storage', `journal: ${message} within ${JOURNAL_PATIENCE_MS / 1000} s`);
        return overdue;
      },
    });
  }

  return {
    async append(record) {
      if (overdue !== undefined) throw overdue;
      await waitFor(journal.append(record), 'a record was not written');
    },
    close: () => waitFor(journal.close(), 'it did not close'),
  };
}
