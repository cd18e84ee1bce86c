import type { Clock } from '@fedops/client-session';

/** A clock whose sleepers wake when the test says so. */
export interface ManualClock extends Clock {
  /** Wakes the sleeper that waits so long, now or once there is one. */
  expire(ms: number): Promise<void>;
}

/** A clock that stands still. */
export function manualClock(): ManualClock {
  const sleepers = new Map<number, () => void>();
  const awaited = new Map<number, () => void>();
  return {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        sleepers.set(ms, resolve);
        awaited.get(ms)?.();
      }),
    async expire(ms) {
      if (!sleepers.has(ms)) await new Promise<void>((resolve) => awaited.set(ms, resolve));
      sleepers.get(ms)!();
    },
  };
}
