import type { Clock } from '../../src/index.js';

/** A clock on which everything takes a thousandth of its time. */
export function hastyClock(): Clock {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * 1000,
    after(ms, callback) {
      const timeout = setTimeout(callback, Math.min(ms / 1000, 2 ** 31 - 1));
      return { cancel: () => clearTimeout(timeout) };
    },
  };
}
