import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import { backoffMs } from './backoff.js';
import { retryAfterMs } from './retry-after.js';
import { type AttemptFailure, mayRepeat, type Repetition } from './retry-policy.js';

/** What came of one attempt: an answer, or why there is none. */
export type Outcome<T> = { readonly kind: 'answer'; readonly answer: T } | AttemptFailure;

/** Time and chance, as collaborators. */
export interface RetryParts {
  readonly clock: Clock;
  /** From [0, 1). */
  readonly random: () => number;
}

/** Milliseconds for one attempt, and for a call with all its attempts and waits. */
export interface RetryLimits {
  readonly attemptTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

/** One attempt, which ends within the given milliseconds and does not throw. */
export type Attempt<T> = (timeoutMs: number) => Promise<Outcome<T>>;

/** What may be repeated, and until when it is wanted. */
export interface Retried {
  readonly repetition: Repetition;
  readonly signal: AbortSignal;
}

/**
 * The answer of the first attempt that has one. A wait that would outlast the call's time is not begun.
 *
 * @throws {FedOpsError} That of the last attempt, with `details.attempts`, and with `details.unheard` where no
 *   attempt can have been acted on; `aborted` when the signal ends a wait.
 */
export async function withRetries<T>(
  attempt: Attempt<T>,
  { repetition, signal }: Retried,
  { clock, random }: RetryParts,
  { attemptTimeoutMs, totalTimeoutMs }: RetryLimits,
): Promise<T> {
  const deadline = clock.now() + totalTimeoutMs;
  let unheard = true;
  for (let attempts = 1; ; attempts++) {
    const outcome = await attempt(Math.max(1, Math.min(attemptTimeoutMs, deadline - clock.now())));
    if (outcome.kind === 'answer') return outcome.answer;
    unheard &&= mayRepeat('if-unheard', outcome);

    const now = clock.now();
    const asked = outcome.kind === 'status' ? retryAfterMs(outcome.retryAfter, now) : undefined;
    const wait = Math.max(asked ?? 0, backoffMs(attempts, random()));
    if (!mayRepeat(repetition, outcome) || now + wait >= deadline) {
      throw withDetails(outcome.error, {
        attempts,
        unheard,
        ...(asked === undefined ? {} : { retryAfterMs: asked }),
      });
    }
    await clock.sleep(wait, signal).catch((cause: unknown) => {
      throw new FedOpsError('aborted', 'the call was aborted', { cause, details: { attempts, unheard } });
    });
  }
}

function withDetails(error: FedOpsError, details: Readonly<Record<string, unknown>>): FedOpsError {
  return new FedOpsError(error.code, error.message, {
    details: { ...error.details, ...details },
    cause: error.cause,
  });
}
