import type { EventOf, ManagerEvent } from './manager-event.js';
import type { ManagerState, Reporting } from './manager-state.js';
import { isAway, rest } from './resting.js';

/** A manager that has the end of a part to tell, after an event. */
export function advanceReporting(state: Reporting, event: ManagerEvent): ManagerState {
  const { at } = event;
  switch (event.kind) {
    case 'reported':
      return done(state, at);
    case 'report-failed':
      return reportFailed(state, event);
    case 'run-over':
      return event.key === state.run.key ? { ...state, isRunOver: true } : state;
    case 'no-run':
      return { ...state, isRunOver: true };
    case 'time-passed':
      return at >= state.deadline ? done(state, at) : state;
    default:
      return state;
  }
}

/** What the server manager refuses for good is let go: it would be no better the next time. */
function reportFailed(
  state: Reporting,
  { at, error, nextAttemptAt }: EventOf<'report-failed'>,
): ManagerState {
  const isPassing = isAway(error.code) || error.code === 'unauthenticated' || error.code === 'internal';
  if (!isPassing) return done(state, at);
  return {
    ...state,
    reason: 'server-manager-unreachable',
    attempts: state.attempts + 1,
    nextAttemptAt,
    stopsClient: false,
    error,
  };
}

function done({ facts, run, end, isRunOver }: Reporting, at: number): ManagerState {
  return rest({ ...facts, last: { run, end, isRunOver } }, at);
}
