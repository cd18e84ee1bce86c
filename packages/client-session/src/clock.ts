/** Time as a collaborator, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after so many milliseconds; rejects at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Longer timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The platform's clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      let timer: ReturnType<typeof setTimeout>;
      const arm = (left: number) => {
        const part = Math.min(left, LONGEST_TIMER_MS);
        timer = setTimeout(() => {
          if (left > part) return arm(left - part);
          signal.removeEventListener('abort', abort);
          resolve();
        }, part);
      };
      arm(ms);
      signal.addEventListener('abort', abort, { once: true });
    }),
};
