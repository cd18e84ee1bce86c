/** Time as a collaborator, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after so many milliseconds, unless cancelled. */
  after(ms: number, callback: () => void): Timer;
}

/** A call that is still to come. */
export interface Timer {
  cancel(): void;
}

const BEGAN_AT = Date.now() - performance.now();

/** A timer holds at most this long; a longer wait is made of several. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * The time of the machine as it was when this process began, and on from there: a clock that is set meanwhile ends no
 * lease and moves no deadline, just as it moves no timer.
 */
export const systemClock: Clock = {
  now: () => Math.round(BEGAN_AT + performance.now()),
  after(ms, callback) {
    let timeout: NodeJS.Timeout;
    const wait = (left: number) => {
      const step = Math.min(left, LONGEST_TIMEOUT_MS);
      timeout = setTimeout(() => (left > step ? wait(left - step) : callback()), Math.max(0, step));
    };
    wait(ms);
    return { cancel: () => clearTimeout(timeout) };
  },
};
