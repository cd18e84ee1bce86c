import { isActive, type SessionState } from '@fedops/client-session';

/** What a task is doing: looking for its FL server, and from then on what its session does. */
export type TaskState = Locating | SessionState;

/** Before there is a session: the client's identity is read and the FL server's address asked for. */
export interface Locating {
  readonly phase: 'locating';
  /** Milliseconds since the epoch, as in all states. */
  readonly since: number;
  readonly reason: 'looking-for-server';
  /** The start fails then. */
  readonly deadline: number;
}

/** A state in which a start has ended, or none has been. */
export type RestingState = Extract<SessionState, { readonly phase: 'idle' | 'finished' | 'failed' }>;

/** True where a task takes part in a run, or is about to: a start is refused then. */
export function isBusy(state: TaskState): boolean {
  return state.phase === 'locating' || isActive(state);
}

/** True where nothing is under way. */
export function isResting(state: TaskState): state is RestingState {
  return !isBusy(state);
}
