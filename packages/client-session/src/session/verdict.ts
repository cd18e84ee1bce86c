import type { FedOpsErrorCode } from '@fedops/shared-types';

/**
 * What to do about a call that failed: try it `again` later, `register` again first, `drop` the work that it was
 * for, or take it as `refused` for good.
 */
export type Verdict = 'again' | 'register' | 'drop' | 'refused';

/** What a failed fetch or delivery means for the work. */
export function verdictOnWork(code: FedOpsErrorCode): Verdict {
  switch (code) {
    case 'unavailable':
    case 'deadline-exceeded':
    case 'overloaded':
    case 'storage':
      return 'again';
    case 'unauthenticated':
      return 'register';
    case 'stale-round':
    case 'conflict':
      return 'drop';
    case 'invalid-argument':
    case 'shape-mismatch':
    case 'not-found':
    case 'permission-denied':
    case 'too-large':
    case 'aborted':
    case 'bad-response':
    case 'unsupported':
    case 'internal':
      return 'refused';
  }
}

/** Nobody answers, as against a server that answers with a refusal. */
export function isUnreachable(code: FedOpsErrorCode): boolean {
  return code === 'unavailable' || code === 'deadline-exceeded';
}

/** True where another registration may succeed; `conflict` is another holder of the id, whose lease may run out. */
export function mayRegisterLater(code: FedOpsErrorCode): boolean {
  return verdictOnWork(code) === 'again' || code === 'conflict' || code === 'internal';
}

/** True where asking for instructions can never succeed, however often the client registers. */
export function endsPolling(code: FedOpsErrorCode): boolean {
  return code === 'permission-denied' || code === 'unsupported';
}
