import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** Watches how quickly a body comes; time that is spent on anything but waiting for its bytes does not count. */
export interface UploadPace {
  /** From now on nothing but the sender holds the body up. */
  waits(): void;
  /** The wait is over: there is work to do with what came. */
  works(): void;
  took(bytes: number): void;
  /** Ends the watch; may be called twice. */
  end(): void;
}

/** A sender that was slow to start, or lost its line for a moment, has so long before its average counts. */
const GRACE_MS = 30_000;
const LOOKED_AT_EVERY_MS = 10_000;

/**
 * The watch over one upload: one timer, however many chunks come.
 *
 * @param minBytesPerSecond The average that a body must keep, after 30 s; 0 for none.
 * @param onTooSlow Called once with `deadline-exceeded` when it did not.
 */
export function createUploadPace(
  clock: Clock,
  minBytesPerSecond: number,
  onTooSlow: (error: FedOpsError) => void,
): UploadPace {
  let bytes = 0;
  let waitedMs = 0;
  let waitingSince: number | undefined;
  let timer = minBytesPerSecond === 0 ? undefined : clock.after(GRACE_MS, look);

  function works(): void {
    if (waitingSince !== undefined) waitedMs += clock.now() - waitingSince;
    waitingSince = undefined;
  }

  function look(): void {
    const waited = waitedMs + (waitingSince === undefined ? 0 : clock.now() - waitingSince);
    if (waited < GRACE_MS || bytes * 1000 >= minBytesPerSecond * waited) {
      timer = clock.after(LOOKED_AT_EVERY_MS, look);
      return;
    }
    const seconds = Math.round(waited / 1000);
    onTooSlow(
      new FedOpsError(
        'deadline-exceeded',
        `update: ${bytes} bytes in ${seconds} s, expected ${minBytesPerSecond} a second on average`,
      ),
    );
  }

  return {
    waits() {
      waitingSince ??= clock.now();
    },
    works,
    took(count) {
      bytes += count;
    },
    end() {
      timer?.cancel();
      timer = undefined;
    },
  };
}
