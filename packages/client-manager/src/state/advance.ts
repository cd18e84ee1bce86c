import { advanceReporting } from './advance-reporting.js';
import { advanceStarting } from './advance-starting.js';
import { advanceTraining } from './advance-training.js';
import { offered } from './begin-part.js';
import { learn } from './facts.js';
import type { Limits } from './limits.js';
import type { ManagerEvent } from './manager-event.js';
import type { ManagerState } from './manager-state.js';
import { rest } from './resting.js';

/**
 * The state after an event; the same value where the event changes nothing. Pure: no clock, no IO.
 *
 * What is heard of client and server manager is learnt in every state. Repeated words are no-ops, so that whoever
 * lost an answer may say them again.
 */
export function advance(state: ManagerState, event: ManagerEvent, limits: Limits): ManagerState {
  switch (event.kind) {
    case 'client-answered':
    case 'client-silent':
    case 'client-left':
    case 'registered':
    case 'registration-failed':
    case 'server-manager-heard':
    case 'server-manager-silent':
    case 'forgotten':
    case 'news-asked':
      return inPhase({ ...state, facts: learn(state.facts, event) }, event, limits);
    case 'run-over':
    case 'no-run':
      return inPhase(runOver(state, event.kind === 'run-over' ? event.key : undefined), event, limits);
    default:
      return inPhase(state, event, limits);
  }
}

function inPhase(state: ManagerState, event: ManagerEvent, limits: Limits): ManagerState {
  switch (state.phase) {
    case 'seeking-client':
    case 'registering':
      return rest(state.facts, event.at, state);
    case 'waiting':
      return event.kind === 'run-offered'
        ? offered(state, event, limits)
        : rest(state.facts, event.at, state);
    case 'starting':
      return advanceStarting(state, event, limits);
    case 'training':
      return advanceTraining(state, event, limits);
    case 'reporting':
      return advanceReporting(state, event);
  }
}

/** The run of the last part is over; without a key: no run goes on, so neither does that one. */
function runOver(state: ManagerState, key: string | undefined): ManagerState {
  const { last } = state.facts;
  if (last === null || last.isRunOver || (key !== undefined && last.run.key !== key)) return state;
  return { ...state, facts: { ...state.facts, last: { ...last, isRunOver: true } } };
}
