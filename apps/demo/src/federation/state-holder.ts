import { FedOpsError } from '@fedops/shared-types';
import type { Screen } from '../view/screen.js';
import { afterEvent, type DemoEvent, type DemoState } from './demo-state.js';

/** Holds what the demo knows: the only place where it changes. */
export interface StateHolder {
  state(): DemoState;
  dispatch(event: DemoEvent): void;
  /** Calls the listener after every event. */
  onChange(listener: (state: DemoState, event: DemoEvent) => void): void;
  /**
   * Resolves once the test holds.
   *
   * @throws {FedOpsError} the signal's reason; `deadline-exceeded`, which says what was waited for.
   */
  until(test: (state: DemoState) => boolean, wait: Wait): Promise<DemoState>;
}

export interface Wait {
  /** What is waited for, after "waited in vain for". */
  readonly what: string;
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

export function createStateHolder(initial: DemoState, screen: Pick<Screen, 'show'>): StateHolder {
  const listeners = new Set<(state: DemoState, event: DemoEvent) => void>();
  let state = initial;

  const holder: StateHolder = {
    state: () => state,
    dispatch(event) {
      const before = state;
      state = afterEvent(before, event);
      screen.show(event, state, before);
      for (const listener of [...listeners]) listener(state, event);
    },
    onChange: (listener) => void listeners.add(listener),
    until: (test, { what, withinMs, signal }) =>
      new Promise((resolve, reject) => {
        const settle = (finish: () => void) => {
          clearTimeout(timer);
          listeners.delete(look);
          signal.removeEventListener('abort', abort);
          finish();
        };
        const look = () => {
          if (test(state)) settle(() => resolve(state));
        };
        const abort = () => settle(() => reject(signal.reason));
        const timer = setTimeout(() => {
          const message = `waited in vain for ${what}, ${Math.round(withinMs / 1000)} s`;
          settle(() => reject(new FedOpsError('deadline-exceeded', message)));
        }, withinMs);
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort);
        listeners.add(look);
        look();
      }),
  };
  return holder;
}
