import type { Clock } from '@fedops/client-api';

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** Time that passes when the test says so. */
export interface FakeClock extends Clock {
  /** Lets so much time pass, sleeper by sleeper; `settled` resolves once what each does is done. */
  pass(ms: number, settled: () => Promise<void>): Promise<void>;
}

export function fakeClock(): FakeClock {
  let now = Date.UTC(2026, 0, 1);
  const sleeping = new Set<Sleeper>();

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const abort = () => {
          sleeping.delete(sleeper);
          reject(signal.reason);
        };
        const sleeper: Sleeper = {
          until: now + ms,
          wake() {
            signal.removeEventListener('abort', abort);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal.addEventListener('abort', abort, { once: true });
      }),
    async pass(ms, settled) {
      const end = now + ms;
      await settled();
      for (;;) {
        const [next] = [...sleeping].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until);
        if (next === undefined) break;
        sleeping.delete(next);
        now = Math.max(now, next.until);
        next.wake();
        await settled();
      }
      now = end;
    },
  };
}
