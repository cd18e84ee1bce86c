const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Milliseconds to wait after so many failures in a row: doubling from 1 s to 30 s, of which a random half spreads out
 * devices that lost the same server manager at the same moment.
 *
 * @param failures At least 1.
 * @param random From [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round((whole / 2) * (1 + random));
}

/** An interval with up to a quarter more, so that devices do not ask in step. */
export function jittered(ms: number, random: number): number {
  return Math.round(ms * (1 + random / 4));
}
