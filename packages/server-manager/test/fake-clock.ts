import type { ManagerClock } from '../src/manager-clock.js';

/** Time that moves only when a test says so. */
export interface FakeClock extends ManagerClock {
  /** Lets so much time pass, timer by timer, with what follows at once from each. */
  advance(ms: number): Promise<void>;
  /** Sets the clock as somebody who corrects it does: no timer hears of it. */
  jump(ms: number): void;
}

export function fakeClock(start = Date.parse('2026-11-24T00:00:00Z')): FakeClock {
  let now = start;
  let jumped = 0;
  const timers = new Set<{ readonly due: number; readonly callback: () => void }>();

  return {
    now: () => now + jumped,
    elapsed: () => now,
    after(ms, callback) {
      const timer = { due: now + Math.max(0, ms), callback };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    jump(ms) {
      jumped += ms;
    },
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

/** Resolves when what can go on without time or a disk has gone on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}
