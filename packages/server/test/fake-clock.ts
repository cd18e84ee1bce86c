import type { Clock, Timer } from '../src/clock.js';

/** Time that moves only when a test says so. */
export interface FakeClock extends Clock {
  /** Lets so much time pass, timer by timer, with what follows at once from each. */
  advance(ms: number): Promise<void>;
  /** How many timers wait, of those that are due within so many milliseconds. */
  pending(withinMs?: number): number;
}

export function fakeClock(start = Date.parse('2026-11-24T00:00:00Z')): FakeClock {
  let now = start;
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  return {
    now: () => now,
    after(ms, callback): Timer {
      const timer = { due: now + Math.max(0, ms), callback };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    pending: (withinMs = Number.POSITIVE_INFINITY) =>
      [...timers].filter(({ due }) => due - now <= withinMs).length,
    async advance(ms) {
      const end = now + ms;
      await settle();
      for (;;) {
        const [next] = [...timers].sort((a, b) => a.due - b.due);
        if (next === undefined || next.due > end) break;
        timers.delete(next);
        now = Math.max(now, next.due);
        next.callback();
        await settle();
      }
      now = end;
      await settle();
    },
  };
}

/** Resolves when every promise that can go on without time or IO has gone on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}
