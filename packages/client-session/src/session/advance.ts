import type { SessionEvent } from './session-event.js';
import {
  type Connecting,
  isActive,
  type SessionState,
  type Uploading,
  type Waiting,
} from './session-state.js';

/** Smaller steps of progress are not a change of state, so that a trainer may report as often as it likes. */
const PROGRESS_STEP = 0.005;

/**
 * The state after an event. Pure: no clock, no IO, no mutation.
 *
 * An event that the state has no use for, such as progress of work that was just dropped, leaves it as it is:
 * the very same object comes back.
 */
export function advance(state: SessionState, event: SessionEvent): SessionState {
  switch (event.kind) {
    case 'started':
      return isActive(state) ? state : registering(event);
    case 'failed':
      return takesPart(state) ? { phase: 'failed', since: event.at, ...event.error } : state;
    case 'run-finished': {
      const { at, runId, version, digest } = event;
      return takesPart(state) ? { phase: 'finished', since: at, runId, version, digest } : state;
    }
    case 'stop-requested': {
      const { at, reason, deadline } = event;
      return takesPart(state) ? { phase: 'stopping', since: at, reason, deadline } : state;
    }
    case 'stopped':
      return state.phase === 'stopping' ? { phase: 'idle', since: event.at, reason: 'stopped' } : state;
    case 'connection-lost':
      return takesPart(state) && state.phase !== 'connecting' ? reconnecting(event) : state;
    case 'connect-began':
    case 'connect-failed':
    case 'connected':
      return state.phase === 'connecting' ? connect(state, event) : state;
    case 'poll-began':
      return state.phase === 'waiting' ? { ...state, deadline: event.deadline } : state;
    case 'work-began':
      return state.phase === 'waiting' ? beginWork(event) : state;
    case 'progressed':
      return progress(state, event.fraction);
    case 'delivery-began':
    case 'delivery-failed':
      return deliver(state, event);
    case 'work-ended':
      return isAtWork(state) ? waiting(state.runId, event) : state;
  }
}

type EventOf<K extends SessionEvent['kind']> = Extract<SessionEvent, { kind: K }>;
type AtWorkState = Extract<SessionState, { phase: 'fitting' | 'evaluating' | 'uploading' }>;

function takesPart(state: SessionState): boolean {
  return isActive(state) && state.phase !== 'stopping';
}

function isAtWork(state: SessionState): state is AtWorkState {
  return state.phase === 'fitting' || state.phase === 'evaluating' || state.phase === 'uploading';
}

function registering({ at, deadline }: EventOf<'started'>): Connecting {
  return {
    phase: 'connecting',
    reason: 'registering',
    since: at,
    attempt: 0,
    nextAttemptAt: at,
    deadline,
    lastError: null,
  };
}

function reconnecting({ at, error, nextAttemptAt, deadline }: EventOf<'connection-lost'>): Connecting {
  return {
    phase: 'connecting',
    reason: 'reconnecting',
    since: at,
    attempt: 0,
    nextAttemptAt,
    deadline,
    lastError: error,
  };
}

function connect(
  state: Connecting,
  event: EventOf<'connect-began' | 'connect-failed' | 'connected'>,
): Connecting | Waiting {
  switch (event.kind) {
    case 'connect-began':
      return { ...state, attempt: state.attempt + 1, nextAttemptAt: null };
    case 'connect-failed':
      return { ...state, nextAttemptAt: event.nextAttemptAt, lastError: event.error };
    case 'connected':
      return waiting(event.runId, event);
  }
}

function waiting(runId: Waiting['runId'], { at, deadline }: { at: number; deadline: number }): Waiting {
  return { phase: 'waiting', reason: 'no-instruction-yet', since: at, runId, deadline };
}

function beginWork({ at, work, runId, round, deadline }: EventOf<'work-began'>): SessionState {
  return { phase: work === 'fit' ? 'fitting' : 'evaluating', since: at, runId, round, deadline, progress: 0 };
}

function progress(state: SessionState, fraction: number): SessionState {
  if ((state.phase !== 'fitting' && state.phase !== 'evaluating') || !Number.isFinite(fraction)) return state;
  const next = Math.min(1, Math.max(0, fraction));
  const isStep = Math.abs(next - state.progress) >= PROGRESS_STEP || (next === 1 && state.progress < 1);
  return isStep ? { ...state, progress: next } : state;
}

function deliver(state: SessionState, event: EventOf<'delivery-began' | 'delivery-failed'>): SessionState {
  if (!isAtWork(state)) return state;
  if (event.kind === 'delivery-failed') {
    return state.phase === 'uploading' ? { ...state, lastError: event.error } : state;
  }
  const { runId, round, deadline } = state;
  const again = state.phase === 'uploading' && state.result === event.result ? state : null;
  const next: Uploading = {
    phase: 'uploading',
    since: again?.since ?? event.at,
    runId,
    round,
    deadline,
    result: event.result,
    attempt: (again?.attempt ?? 0) + 1,
    lastError: again?.lastError ?? null,
  };
  return next;
}
