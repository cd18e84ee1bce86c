import { FedOpsError } from '@fedops/shared-types';

/**
 * A function that runs one piece of work at a time.
 *
 * @throws {FedOpsError} `conflict` while another piece is under way, which is not disturbed.
 */
export function createExclusion(): <T>(work: () => Promise<T>) => Promise<T> {
  let isBusy = false;
  return async (work) => {
    if (isBusy) throw new FedOpsError('conflict', 'the trainer is at work: it does one thing at a time');
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };
}
