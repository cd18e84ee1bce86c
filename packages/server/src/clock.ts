/** Time as a collaborator, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after so many milliseconds, unless cancelled. */
  after(ms: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** A timer holds at most this long; a longer wait is made of several. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
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
