import type { FedOpsError, FedOpsErrorCode } from '@fedops/shared-types';

const FIRST_MS = 250;
const LONGEST_MS = 15_000;

/** What passes by itself: a server that is started again, or that is busy. */
const PASSING: readonly FedOpsErrorCode[] = ['unavailable', 'overloaded', 'deadline-exceeded'];

/** Whether it is worth asking again after this error. */
export function isPassing({ code }: FedOpsError): boolean {
  return PASSING.includes(code);
}

/**
 * Milliseconds to wait after so many failures in a row: what the server asks for, else doubling from 250 ms to 15 s;
 * a random half spreads out readers that lost the same server.
 *
 * @param failures At least 1.
 * @param random From 0 up to 1.
 */
export function retryDelayMs({ details }: FedOpsError, failures: number, random: number): number {
  const { retryAfterMs } = details;
  const isAsked = typeof retryAfterMs === 'number' && retryAfterMs > 0;
  const whole = isAsked
    ? Math.min(retryAfterMs, LONGEST_MS) * 2
    : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
  return Math.round(whole / 2 + (whole / 2) * random);
}
