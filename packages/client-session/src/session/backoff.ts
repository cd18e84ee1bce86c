import type { FedOpsError } from '@fedops/shared-types';

const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * Milliseconds to wait after so many failures in a row: doubling from half a second to 15 s, of which a random half
 * spreads out clients that lost the same server at the same moment.
 *
 * @param failures At least 1.
 * @param random From 0 up to 1.
 */
export function backoffMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(whole / 2 + (whole / 2) * random);
}

/**
 * How long to wait after an error: what the server asked for by `details.retryAfterMs`, with up to a quarter more
 * so that not all come back at once; else {@link backoffMs}.
 */
export function retryDelayMs(error: FedOpsError, failures: number, random: number): number {
  const { retryAfterMs } = error.details;
  if (typeof retryAfterMs === 'number' && retryAfterMs > 0)
    return Math.round(retryAfterMs * (1 + random / 4));
  return backoffMs(failures, random);
}
