const FIRST_MS = 250;
const LONGEST_MS = 5_000;

/**
 * Milliseconds to wait after a failed attempt: exponential, 250 ms to 5 s, with full jitter.
 *
 * @param attempt The attempt that failed, counted from 1.
 * @param random From [0, 1).
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(attempt: number, random: number): number {
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
}
