import type { Clock } from '@fedops/server';
import type { FedOpsError } from '@fedops/shared-types';

/** The outcome of a task, or a rejection with `late` once so many milliseconds have passed. */
export function within<T>(
  clock: Clock,
  ms: number,
  late: (ms: number) => FedOpsError,
  task: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(late(ms)));
    task()
      .then(resolve, reject)
      .finally(() => timer.cancel());
  });
}
