/** Time as a collaborator, so that tests need not wait. */
export interface Clock {
  /** Calls back once after so many milliseconds, unless cancelled. */
  after(ms: number, callback: () => void): Timer;
}

/** A call that is still to come. */
export interface Timer {
  cancel(): void;
}

/** The machine's own time. */
export const systemClock: Clock = {
  after(ms, callback) {
    const timeout = setTimeout(callback, ms);
    return { cancel: () => clearTimeout(timeout) };
  },
};
