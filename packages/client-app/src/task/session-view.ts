import type { FedOpsErrorCode } from '@fedops/shared-types';
import type { TaskState } from './task-state.js';

/** Why a client does what it does, since when and until when: what `/online` adds to the status. */
export interface SessionView {
  readonly phase: TaskState['phase'];
  /** A code for machines. */
  readonly reason: string;
  /** ISO 8601 in UTC, as is `deadline`. */
  readonly since: string;
  /** When this ends by itself; null where nothing is under way. */
  readonly deadline: string | null;
  readonly round?: number;
  /** 0 to 1, as far as the trainer tells. */
  readonly progress?: number;
  readonly attempt?: number;
  readonly error?: { readonly code: FedOpsErrorCode; readonly message: string };
}

/** The view of a state. */
export function sessionViewOf(state: TaskState): SessionView {
  return { phase: state.phase, since: isoTime(state.since), deadline: null, ...particulars(state) };
}

type Particulars = Omit<SessionView, 'phase' | 'since' | 'deadline'> & Partial<Pick<SessionView, 'deadline'>>;

function particulars(state: TaskState): Particulars {
  switch (state.phase) {
    case 'idle':
      return { reason: state.reason };
    case 'finished':
      return { reason: 'run-ended' };
    case 'failed':
      return { reason: state.code, error: { code: state.code, message: state.message } };
    case 'locating':
    case 'waiting':
    case 'stopping':
      return { reason: state.reason, deadline: isoTime(state.deadline) };
    case 'connecting':
      return {
        reason: state.reason,
        deadline: isoTime(state.deadline),
        attempt: state.attempt,
        ...errorOf(state.lastError),
      };
    case 'fitting':
    case 'evaluating':
      return {
        reason: 'instructed',
        deadline: isoTime(state.deadline),
        round: state.round,
        progress: state.progress,
      };
    case 'uploading':
      return {
        reason: `delivering-${state.result}`,
        deadline: isoTime(state.deadline),
        round: state.round,
        attempt: state.attempt,
        ...errorOf(state.lastError),
      };
  }
}

function errorOf(error: NonNullable<SessionView['error']> | null): Pick<SessionView, 'error'> {
  return error === null ? {} : { error: { code: error.code, message: error.message } };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
