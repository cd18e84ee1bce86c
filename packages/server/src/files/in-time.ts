import type { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** What the work results in, or `late` where that takes longer than `ms`: a disk may answer nothing for ever. */
export function inTime<T>(
  clock: Clock,
  ms: number,
  { work, late }: { readonly work: Promise<T>; readonly late: () => FedOpsError },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(late()));
    work.then(resolve, reject).finally(timer.cancel);
  });
}
