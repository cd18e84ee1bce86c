import type { FedOpsError } from '@fedops/shared-types';
import type { Clock, Timer } from '../clock.js';
import { advance } from '../run/advance.js';
import type { RunPlan } from '../run/run-plan.js';
import { deadlineOf, type RunEvent, type RunState } from '../run/run-state.js';

/** An event before the loop has put its time to it. */
export type UntimedEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/** Holds the state of a run: the only place where it changes. */
export interface RunLoop {
  state(): RunState;
  /**
   * Advances the state at once.
   *
   * @throws {FedOpsError} what `advance` throws for a result that is not wanted; the state stays.
   */
  dispatch(event: UntimedEvent): void;
  /** Calls the listener after every change of phase, with the phase's name: see {@link phaseOf}. */
  onPhase(listener: (state: RunState) => void): void;
  close(): void;
}

/** Runs `advance` and watches the deadline of every state. */
export function createRunLoop(clock: Clock, plan: RunPlan, initial: RunState): RunLoop {
  const listeners: ((state: RunState) => void)[] = [];
  let state = initial;
  let deadline: Timer | undefined;

  function watchDeadline(): void {
    deadline?.cancel();
    const at = deadlineOf(state);
    if (at !== undefined)
      deadline = clock.after(at - clock.now(), () => loop.dispatch({ kind: 'deadline-passed' }));
  }

  const loop: RunLoop = {
    state: () => state,
    dispatch(event) {
      const next = advance(plan, state, { ...event, at: clock.now() } as RunEvent);
      if (next === state) return;
      const isNewPhase = phaseOf(next) !== phaseOf(state);
      state = next;
      if (!isNewPhase) return;
      watchDeadline();
      for (const listener of listeners) listener(next);
    },
    onPhase: (listener) => listeners.push(listener),
    close: () => deadline?.cancel(),
  };
  watchDeadline();
  return loop;
}

/** Names the phase that a run is in: equal for two states of the same attempt at the same phase of the same round. */
export function phaseOf(state: RunState): string {
  if (state.phase !== 'in-round') return state.phase;
  const { phase, round, failedAttempts } = state.round;
  return `${round}/${failedAttempts}/${phase}`;
}

/** The code and message of an error, as events carry them. */
export function reasonOf({ code, message }: FedOpsError): Pick<FedOpsError, 'code' | 'message'> {
  return { code, message };
}
