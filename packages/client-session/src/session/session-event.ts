import type { RunId, Sha256 } from '@fedops/shared-types';
import type { Failed, SessionError, Uploading } from './session-state.js';

interface At {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface OfWork extends At {
  readonly runId: RunId;
  readonly round: number;
  readonly deadline: number;
}

/** What can happen to a session. */
export type SessionEvent =
  | (At & { readonly kind: 'started'; readonly deadline: number })
  | (At & { readonly kind: 'connect-began' })
  | (At & { readonly kind: 'connect-failed'; readonly error: SessionError; readonly nextAttemptAt: number })
  | (At & { readonly kind: 'connected'; readonly runId: RunId; readonly deadline: number })
  | (At & {
      readonly kind: 'connection-lost';
      readonly error: SessionError;
      readonly nextAttemptAt: number;
      readonly deadline: number;
    })
  | (At & { readonly kind: 'poll-began'; readonly deadline: number })
  | (OfWork & { readonly kind: 'work-began'; readonly work: 'fit' | 'evaluate' })
  | (At & { readonly kind: 'progressed'; readonly fraction: number })
  | (At & { readonly kind: 'delivery-began'; readonly result: Uploading['result'] })
  | (At & { readonly kind: 'delivery-failed'; readonly error: SessionError })
  /** Delivered or dropped: the client is free for its next instruction. */
  | (At & { readonly kind: 'work-ended'; readonly deadline: number })
  | (At & {
      readonly kind: 'run-finished';
      readonly runId: RunId;
      readonly version: number;
      readonly digest: Sha256;
    })
  | (At & { readonly kind: 'failed'; readonly error: Pick<Failed, 'code' | 'message'> })
  | (At & { readonly kind: 'stop-requested'; readonly reason: string; readonly deadline: number })
  | (At & { readonly kind: 'stopped' });
