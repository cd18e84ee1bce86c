import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** A controller that aborts with its parent; `release` ends that. */
export function childOf(parent: AbortSignal): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener('abort', abort, { once: true });
  return { controller, release: () => parent.removeEventListener('abort', abort) };
}

/** The promise's outcome, or a rejection with the signal's reason as soon as it aborts, whichever is first. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** How long a call may last, in milliseconds. */
export interface TimeLimit {
  readonly clock: Clock;
  readonly ms: number;
  readonly signal: AbortSignal;
}

/**
 * The outcome of a call that may last so long, whether or not it heeds its signal.
 *
 * @throws {FedOpsError} `deadline-exceeded` when the time is over; the signal's reason when that aborts.
 */
export async function withTimeLimit<T>(
  { clock, ms, signal }: TimeLimit,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { controller, release } = childOf(signal);
  const timer = new AbortController();
  clock.sleep(ms, timer.signal).then(
    () => controller.abort(new FedOpsError('deadline-exceeded', `no answer within ${ms} ms`)),
    () => undefined,
  );
  try {
    return await orAborted(call(controller.signal), controller.signal);
  } finally {
    timer.abort();
    release();
  }
}
