/** No more messages than people can follow. */
const INTERVAL_MS = 100;

/**
 * Passes on progress at most ten times a second, and its end always.
 *
 * @param now In milliseconds, from any start.
 */
export function progressThrottle(pass: (fraction: number) => void): (fraction: number, now: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (fraction, now) => {
    if (fraction < 1 && now - last < INTERVAL_MS) return;
    last = now;
    pass(fraction);
  };
}
