import { FedOpsError } from '@fedops/shared-types';
import type { Clock, Timer } from '../clock.js';
import type { Transition } from '../events/events-between.js';
import type { Journal } from '../journal/journal.js';
import { advance } from '../run/advance.js';
import type { RunPlan } from '../run/run-plan.js';
import { deadlineOf, type RunEvent, type RunState } from '../run/run-state.js';

/** An event before the loop has put its time to it. */
export type UntimedEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/** Holds the state of a run: the only place where it changes. */
export interface RunLoop {
  /** What has happened durably: nobody sees more. */
  state(): RunState;
  /**
   * Advances the run; resolves when the event is journalled and its effect visible, so that who is answered
   * after it may rely upon it. Where the run has come to stand still meanwhile, the effect is visible after the restart.
   *
   * @returns False where the event changed nothing: it was a repetition, or the run is past it.
   * @throws {FedOpsError} what `advance` throws for a result that is not wanted; `storage` where the journal
   *   cannot be written; the reason of the suspension for every event after it.
   */
  dispatch(event: UntimedEvent): Promise<boolean>;
  /** Calls the listener after every change, in the order of the changes, before those of {@link onPhase}. */
  onChange(listener: (transition: Transition) => void): void;
  /** Calls the listener after every change of phase: see {@link phaseOf}. */
  onPhase(listener: (state: RunState) => void): void;
  /** Why the run stands still, where it does: nothing more is decided until a restart. */
  suspension(): FedOpsError | undefined;
  /** Makes the run stand still: something beside its events could not be stored, or not be read again. */
  suspend(error: unknown): void;
  /** Calls the listener once, when the run comes to stand still. */
  onSuspended(listener: (error: FedOpsError) => void): void;
  close(): void;
}

export interface RunLoopParts {
  readonly clock: Clock;
  readonly journal: Journal;
  /** What is known already to happen in a phase that begins: both become durable at once then. */
  readonly following?: (state: RunState) => UntimedEvent | undefined;
}

/** Runs `advance`, journals what it was given, and watches the deadline of every state. */
export function createRunLoop(
  { clock, journal, following }: RunLoopParts,
  plan: RunPlan,
  initial: RunState,
): RunLoop {
  const changeListeners: ((transition: Transition) => void)[] = [];
  const phaseListeners: ((state: RunState) => void)[] = [];
  const suspendedListeners: ((error: FedOpsError) => void)[] = [];
  /** Ahead of `visible` by the events that the journal has not made durable yet. */
  let decided = initial;
  let visible = initial;
  /** Settles when all events decided so far are visible. */
  let settled = Promise.resolve();
  let suspended: FedOpsError | undefined;
  let deadline: Timer | undefined;

  function show(event: RunEvent, next: RunState): void {
    // What was on its way to the disk then is kept all the same: the restart shows it.
    if (suspended !== undefined) return;
    const before = visible;
    visible = next;
    for (const listener of changeListeners) listener({ before, event, after: next });
    if (deadlineOf(next) !== deadlineOf(before)) watchDeadline();
    if (phaseOf(next) === phaseOf(before)) return;
    for (const listener of phaseListeners) listener(next);
  }

  function suspend(error: unknown): void {
    if (suspended !== undefined) return;
    suspended = FedOpsError.from(error);
    deadline?.cancel();
    for (const listener of suspendedListeners) listener(suspended);
  }

  function watchDeadline(): void {
    deadline?.cancel();
    const at = deadlineOf(visible);
    if (at === undefined) return;
    deadline = clock.after(at - clock.now(), () => {
      // A timer may fire a little before its time: the deadline would then never pass.
      if (clock.now() < at) watchDeadline();
      else loop.dispatch({ kind: 'deadline-passed' }).catch(suspend);
    });
  }

  function take(event: RunEvent, next: RunState): void {
    const transition = { before: decided, event, after: next };
    decided = next;
    const before = settled;
    const durable = isForgettable(transition) ? before : journal.append({ kind: 'event', event });
    settled = Promise.all([before, durable]).then(() => show(event, next));
    settled.catch(suspend);
    const follows = phaseOf(next) === phaseOf(transition.before) ? undefined : following?.(next);
    if (follows !== undefined) loop.dispatch(follows).catch(suspend);
  }

  const loop: RunLoop = {
    suspend,
    state: () => visible,

    async dispatch(untimed) {
      if (suspended !== undefined) throw suspended;
      const event = { ...untimed, at: clock.now() } as RunEvent;
      let next: RunState;
      try {
        next = advance(plan, decided, event);
      } catch (error) {
        // A refusal waits as an acceptance does: it too tells of what has happened.
        await settled;
        throw error;
      }
      // No await up to here: between the decision and its taking nothing else may be decided.
      const isNew = next !== decided;
      if (isNew) take(event, next);
      // Also for an event that changed nothing: what it repeats may be on its way to the disk still.
      await settled;
      return isNew;
    },

    suspension: () => suspended,
    onChange: (listener) => changeListeners.push(listener),
    onPhase: (listener) => phaseListeners.push(listener),
    onSuspended: (listener) => suspendedListeners.push(listener),
    close: () => deadline?.cancel(),
  };
  watchDeadline();
  return loop;
}

/** Who is connected while a round waits for clients: after a restart it is asked anew. */
function isForgettable({ before, event, after }: Transition): boolean {
  return event.kind === 'connected-changed' && isWaiting(before) && isWaiting(after);
}

/** Whether a round waits until enough clients are connected. */
export function isWaiting(state: RunState): boolean {
  return state.phase === 'in-round' && state.round.phase === 'waiting-for-clients';
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
