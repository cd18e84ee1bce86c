import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import { inTime } from '../files/in-time.js';
import type { Spool, SpooledUpload } from './spool.js';

/** Longer than any disk takes that works, also to flush gigabytes to a slow one. */
export const SPOOL_PATIENCE_MS = 5 * 60_000;

/**
 * A spool into which updates come, and where none of them waits longer than {@link SPOOL_PATIENCE_MS} for the disk:
 * each has one of few slots for uploads meanwhile.
 *
 * All that waits throws {@link FedOpsError} `storage` when the time is over. What is on its way to the disk then goes
 * on, and frees its place in the spool when it gets there.
 */
export function patientSpool(clock: Clock, spool: Pick<Spool, 'begin'>): Pick<Spool, 'begin'> {
  function late(): FedOpsError {
    return new FedOpsError(
      'storage',
      `update spool: the disk did not answer within ${SPOOL_PATIENCE_MS / 1000} s`,
    );
  }

  function patiently({ append, keep, discard }: SpooledUpload): SpooledUpload {
    let isLate = false;
    const waitFor = <T>(work: Promise<T>) =>
      inTime(clock, SPOOL_PATIENCE_MS, {
        work,
        late() {
          isLate = true;
          return late();
        },
      });
    return {
      append: (bytes) => waitFor(append(bytes)),
      keep: () => waitFor(keep()),
      async discard() {
        const discarded = discard();
        if (!isLate) return waitFor(discarded);
        discarded.catch(() => {});
      },
    };
  }

  return {
    async begin() {
      let isLate = false;
      const beginning = spool.begin();
      beginning.then((upload) => (isLate ? upload.discard() : undefined)).catch(() => {});
      const upload = await inTime(clock, SPOOL_PATIENCE_MS, {
        work: beginning,
        late() {
          isLate = true;
          return late();
        },
      });
      return patiently(upload);
    },
  };
}
