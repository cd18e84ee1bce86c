import type { Clock } from '@fedops/client-session';

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** Time that passes when the test says so. */
export interface FakeClock extends Clock {
  /** Lets so much time pass, waking sleepers in their order; resolves once what they do has settled. */
  pass(ms: number): Promise<void>;
  /** How many sleep. */
  sleepers(): number;
}

export function fakeClock(): FakeClock {
  let now = Date.UTC(2026, 0, 1);
  const sleeping = new Set<Sleeper>();

  return {
    now: () => now,
    sleepers: () => sleeping.size,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const sleeper = { until: now + ms, wake: resolve };
        sleeping.add(sleeper);
        signal.addEventListener('abort', () => {
          if (sleeping.delete(sleeper)) reject(signal.reason);
        });
      }),
    async pass(ms) {
      const end = now + ms;
      await settled();
      for (let next = earliest(sleeping, end); next !== undefined; next = earliest(sleeping, end)) {
        sleeping.delete(next);
        now = next.until;
        next.wake();
        await settled();
      }
      now = end;
    },
  };
}

function earliest(sleeping: ReadonlySet<Sleeper>, end: number): Sleeper | undefined {
  return [...sleeping].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
}

/** Lets all promises that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
