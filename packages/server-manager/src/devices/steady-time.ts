import type { Clock } from '@fedops/server';

/** Time that no setting of the clock changes, as against the time of day. */
export interface ElapsedTime {
  /** Milliseconds since some moment; only differences mean something. */
  elapsed(): number;
}

/** Rather less is how far clocks are nudged, and how long it takes to read two of them. */
const LEAST_JUMP_MS = 2_000;

/** Finds out when the clock has been set. */
export interface JumpWatch {
  /** By how much the clock was set since the last question, forward or back; 0 where it just went on. */
  jumpMs(): number;
}

/** Compares the time of day with the time that has passed. */
export function watchForJumps(clock: Pick<Clock, 'now'>, { elapsed }: ElapsedTime): JumpWatch {
  let offset = clock.now() - elapsed();
  return {
    jumpMs() {
      const now = clock.now() - elapsed();
      const jump = now - offset;
      if (Math.abs(jump) < LEAST_JUMP_MS) return 0;
      offset = now;
      return jump;
    },
  };
}
