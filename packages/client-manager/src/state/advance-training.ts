import type { Baseline } from '../client/client-report.js';
import { concerns } from './advance-starting.js';
import { reporting } from './begin-part.js';
import type { Limits } from './limits.js';
import type { EventOf, ManagerEvent } from './manager-event.js';
import type { ManagerState, Training } from './manager-state.js';
import { endOfTraining, outcomeOf } from './part-end.js';
import { isBusy } from './resting.js';
import type { ErrorFacts, PartEnd } from './run.js';

/** A manager whose client takes part in a run, after an event. */
export function advanceTraining(state: Training, event: ManagerEvent, limits: Limits): ManagerState {
  const { at } = event;
  switch (event.kind) {
    case 'client-answered':
      return answered(state, event, limits);
    case 'client-silent':
      return { ...state, reason: 'client-silent' };
    case 'client-left':
      return ended(state, at, { state: 'out' }, limits);
    case 'train-ended':
      return concerns(state, event) && !isContradicted(state) ? ended(state, at, event.end, limits) : state;
    case 'run-over':
      return event.key === state.run.key && !state.isRunOver
        ? withDeadline({
            ...state,
            isRunOver: true,
            endsBy: Math.min(state.endsBy, at + limits.runEndGraceMs),
          })
        : state;
    case 'time-passed':
      return outOfTime(state, at, limits);
    default:
      return state;
  }
}

function answered(
  state: Training,
  { at, askedAt, report }: EventOf<'client-answered'>,
  limits: Limits,
): ManagerState {
  if (askedAt < state.since) return state;
  if (isBusy(state.facts)) {
    return withDeadline({
      ...state,
      reason: 'client-trains',
      progress: report.session?.progress ?? null,
      leaseUntil: at + limits.clientLeaseMs,
    });
  }
  return ended(state, at, endOfTraining(outcomeOf(report, sinceStart(state.baseline), state.run)), limits);
}

/** A client whose session goes on has not ended this part: the word is about an earlier one. */
function isContradicted({ facts }: Training): boolean {
  return isBusy(facts) && facts.client.kind === 'answering' && facts.client.report.session !== null;
}

/** The client was seen training, so that an equal version no longer means that it never began. */
function sinceStart(baseline: Baseline | null): Baseline | null {
  return baseline === null ? null : { ...baseline, version: -1 };
}

function outOfTime(state: Training, at: number, limits: Limits): ManagerState {
  if (at >= state.leaseUntil) {
    const message = `the client app has not answered for ${limits.clientLeaseMs / 1_000} s`;
    return failed(state, at, { code: 'unavailable', message }, limits);
  }
  if (at >= state.endsBy) {
    const message = state.isRunOver
      ? 'the client still trained after its run had ended'
      : `the client trained for more than ${limits.trainWithinMs / 1_000} s`;
    return failed(state, at, { code: 'deadline-exceeded', message }, limits);
  }
  return state;
}

function failed(state: Training, at: number, reason: ErrorFacts, limits: Limits): ManagerState {
  const end: PartEnd = { state: 'train-failed', reason };
  return reporting({ ...state, at, end, stopsClient: true }, limits);
}

function ended(state: Training, at: number, end: PartEnd, limits: Limits): ManagerState {
  return reporting({ ...state, at, end }, limits);
}

function withDeadline(state: Training): Training {
  return { ...state, deadline: Math.min(state.leaseUntil, state.endsBy) };
}
