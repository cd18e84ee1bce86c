import { advance } from './advance.js';
import type { SessionEvent } from './session-event.js';
import type { SessionState } from './session-state.js';

/** Holds a session's state; `dispatch` is the one way to change it. */
export interface StateRecord {
  state(): SessionState;
  dispatch(event: SessionEvent): void;
  onChange(listener: (state: SessionState) => void): () => void;
}

/** A record that begins as `idle`. */
export function createStateRecord(now: number): StateRecord {
  let state: SessionState = { phase: 'idle', reason: 'not-started', since: now };
  const listeners = new Set<(state: SessionState) => void>();
  return {
    state: () => state,
    dispatch(event) {
      const next = advance(state, event);
      if (next === state) return;
      state = next;
      for (const listener of [...listeners]) notify(listener, next);
    },
    onChange(listener) {
      // A function of its own, so that the same listener added twice counts twice.
      const entry = (next: SessionState) => listener(next);
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
  };
}

/** A listener's error is its owner's, not the session's: it becomes an uncaught one, as with event targets. */
function notify(listener: (state: SessionState) => void, state: SessionState): void {
  try {
    listener(state);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
