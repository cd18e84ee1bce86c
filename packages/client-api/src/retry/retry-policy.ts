import type { FedOpsError } from '@fedops/shared-types';

/**
 * What a call does after a failure: `freely` where doing it twice is doing it once; `if-unheard` where the
 * service must not act on it twice, so that only what it cannot have acted on is sent again; `never` where the
 * caller wants to know at once.
 */
export type Repetition = 'freely' | 'if-unheard' | 'never';

/** How an attempt failed, and the error to throw when it was the last. */
export type AttemptFailure =
  /** Never connected: nobody heard of it. */
  | { readonly kind: 'refused'; readonly error: FedOpsError }
  /** Cut off or timed out: it may have been acted on. */
  | { readonly kind: 'unanswered'; readonly error: FedOpsError }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: string;
      readonly error: FedOpsError;
    }
  /** Never repeated: an abort, or an answer that would be no better the next time. */
  | { readonly kind: 'final'; readonly error: FedOpsError };

const UNHEARD: ReadonlySet<number> = new Set([429, 503]);
const PASSING: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** True where a call of this kind may be sent again after this failure; docs/protocol.md 3.5. */
export function mayRepeat(repetition: Repetition, failure: AttemptFailure): boolean {
  if (repetition === 'never') return false;
  switch (failure.kind) {
    case 'refused':
      return true;
    case 'unanswered':
      return repetition === 'freely';
    case 'status':
      return (repetition === 'freely' ? PASSING : UNHEARD).has(failure.status);
    case 'final':
      return false;
  }
}
