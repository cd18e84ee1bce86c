import type { Clock } from '../src/clock.js';

export interface FakeClock extends Clock {
  /** The waits so far, in milliseconds. */
  readonly waits: number[];
  advance(ms: number): void;
}

/** A clock that waits in no time, and remembers; `during` happens within each wait. */
export function aFakeClock(during: (wait: number) => void | Promise<void> = () => {}): FakeClock {
  let now = Date.parse('2026-11-24T00:00:00Z');
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
      now += ms;
      await during(ms);
      signal.throwIfAborted();
    },
  };
}
