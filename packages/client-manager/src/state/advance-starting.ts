import { reporting, training, trainsFor } from './begin-part.js';
import type { Limits } from './limits.js';
import type { EventOf, ManagerEvent } from './manager-event.js';
import type { ManagerState, Starting } from './manager-state.js';
import { outcomeOf } from './part-end.js';
import { isBusy, rest } from './resting.js';
import type { ErrorFacts } from './run.js';

/** A manager that has a run for its client, after an event. */
export function advanceStarting(state: Starting, event: ManagerEvent, limits: Limits): ManagerState {
  const { at } = event;
  switch (event.kind) {
    case 'client-answered':
      return judged(state, event, limits);
    case 'start-postponed':
      return { ...state, ...whyNot(state), nextAttemptAt: event.nextAttemptAt };
    case 'start-began':
      return {
        ...state,
        reason: 'asking-client',
        attempts: state.attempts + 1,
        nextAttemptAt: null,
        baseline: state.isPerhapsHeard ? state.baseline : event.baseline,
      };
    case 'start-answered':
      return training({ ...state, at }, limits);
    case 'start-failed':
      return startFailed(state, event, limits);
    case 'train-ended':
      return concerns(state, event) && mayHaveEnded(state)
        ? reporting({ ...state, at, end: event.end, isRunOver: false }, limits)
        : state;
    case 'run-over':
      return event.key === state.run.key ? withdrawn(state, at) : state;
    case 'no-run':
      return withdrawn(state, at);
    case 'time-passed':
      return at >= state.deadline ? failed(state, at, tooLate(state), limits) : state;
    default:
      return state;
  }
}

/** The word of a client without a session is all there is; a session tells whether the word is about this part. */
function mayHaveEnded({ attempts, facts, baseline, run }: Starting): boolean {
  if (attempts === 0) return false;
  if (facts.client.kind !== 'answering' || facts.client.report.session === null) return true;
  return !isBusy(facts) && outcomeOf(facts.client.report, baseline, run).kind === 'ended';
}

/** True unless the client names another run. */
export function concerns(
  { run }: { readonly run: Starting['run'] },
  { runId }: EventOf<'train-ended'>,
): boolean {
  return runId === null || run.runId === null || runId === run.runId;
}

function judged(
  state: Starting,
  { at, askedAt, report }: EventOf<'client-answered'>,
  limits: Limits,
): ManagerState {
  const isUnderWay = state.reason === 'asking-client' && state.nextAttemptAt === null;
  if (isBusy(state.facts)) {
    const isOurs = state.isPerhapsHeard || trainsFor(state.facts, state.run);
    return isOurs && !isUnderWay ? training({ ...state, at }, limits) : state;
  }
  if (!state.isPerhapsHeard || isUnderWay || askedAt < state.since) return state;
  const outcome = outcomeOf(report, state.baseline, state.run);
  return outcome.kind === 'ended'
    ? reporting({ ...state, at, end: outcome.end, isRunOver: false }, limits)
    : state;
}

function startFailed(
  state: Starting,
  { at, error, outcome, nextAttemptAt }: EventOf<'start-failed'>,
  limits: Limits,
): ManagerState {
  const again: Starting = { ...state, reason: 'start-failed', error, nextAttemptAt };
  switch (outcome) {
    case 'refused':
      return failed(state, at, error, limits);
    case 'unheard':
      return again;
    case 'unclear':
      return { ...again, isPerhapsHeard: true };
    case 'client-error':
      return distrusting(again);
  }
}

/** A client of Python's that fails within a start says ever after that it trains (W14). */
function distrusting(state: Starting): Starting {
  const { client } = state.facts;
  if (client.kind !== 'answering' || client.report.session !== null)
    return { ...state, isPerhapsHeard: true };
  return {
    ...state,
    isPerhapsHeard: false,
    facts: { ...state.facts, client: { ...client, isBelieved: false } },
  };
}

function whyNot({ facts }: Starting): Pick<Starting, 'reason'> {
  return { reason: facts.client.kind === 'answering' ? 'client-busy' : 'client-unreachable' };
}

/** The run went on, or ended, without this client. */
function withdrawn(state: Starting, at: number): ManagerState {
  return rest({ ...state.facts, last: { run: state.run, end: null, isRunOver: true } }, at);
}

function failed(state: Starting, at: number, reason: ErrorFacts, limits: Limits): ManagerState {
  return reporting({ ...state, at, end: { state: 'train-failed', reason }, isRunOver: false }, limits);
}

function tooLate({ reason, error }: Starting): ErrorFacts {
  if (error !== null) return error;
  return {
    code: 'deadline-exceeded',
    message:
      reason === 'client-busy'
        ? 'the client was busy with something else until it was too late'
        : 'the client could not be started in time',
  };
}
