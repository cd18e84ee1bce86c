import type { Evaluation } from '@fedops/shared-types';
import {
  type Heard,
  outstanding,
  withConnected,
  withFailure,
  withResult,
  withSilent,
} from './client-results.js';
import { closedRecord, remember } from './round-record.js';
import { afterRound } from './round-turn.js';
import type { RunPlan } from './run-plan.js';
import type { CentralEvaluation, Evaluating, InRound, RunEvent, RunState } from './run-state.js';
import { staleRound } from './stale-round.js';

/** The round's model is measured, by clients and by the server; what is missing at the deadline stays unknown. */
export function advanceEvaluating(
  plan: RunPlan,
  state: InRound,
  round: Evaluating,
  event: RunEvent,
): RunState {
  switch (event.kind) {
    case 'evaluation-received': {
      if (event.round !== round.round || !round.selected.has(event.clientId))
        throw staleRound(state, event.round);
      if (round.evaluations.has(event.clientId)) return state;
      return heard(
        plan,
        state,
        round,
        withResult(evaluationsOf(round), event.clientId, event.evaluation),
        event.at,
      );
    }
    case 'work-failed': {
      const { failure } = event;
      if (
        event.round !== round.round ||
        failure.work !== 'evaluate' ||
        !round.selected.has(failure.clientId)
      ) {
        throw staleRound(state, event.round);
      }
      return heard(plan, state, round, withFailure(evaluationsOf(round), failure), event.at);
    }
    case 'connected-changed':
      return heard(
        plan,
        state,
        round,
        withConnected(evaluationsOf(round), event.connected, 'evaluate'),
        event.at,
      );
    case 'centrally-evaluated':
      return central(plan, state, round, { status: 'measured', evaluation: event.evaluation }, event.at);
    case 'central-evaluation-failed':
      return central(plan, state, round, { status: 'failed', message: event.message }, event.at);
    case 'deadline-passed':
      return event.at < round.deadline ? state : closeRound(plan, state, round, event.at);
    case 'fit-received':
      throw staleRound(state, event.round);
    default:
      return state;
  }
}

/** The phase as those who look at clients alone see it. */
export function evaluationsOf({ selected, evaluations, failures }: Evaluating): Heard<Evaluation> {
  return { selected, results: evaluations, failures };
}

/** Closes the round where nobody is left to wait for. */
export function closeEvaluation(plan: RunPlan, state: InRound, round: Evaluating, at: number): RunState {
  const isComplete = outstanding(evaluationsOf(round)).length === 0 && round.central.status !== 'running';
  return isComplete ? closeRound(plan, state, round, at) : state;
}

function heard(
  plan: RunPlan,
  state: InRound,
  round: Evaluating,
  { results, failures }: Heard<Evaluation>,
  at: number,
): RunState {
  if (results === round.evaluations && failures === round.failures) return state;
  const next: Evaluating = { ...round, evaluations: results, failures };
  return closeEvaluation(plan, { ...state, round: next }, next, at);
}

function central(
  plan: RunPlan,
  state: InRound,
  round: Evaluating,
  result: CentralEvaluation,
  at: number,
): RunState {
  const next: Evaluating = { ...round, central: result };
  return closeEvaluation(plan, { ...state, round: next }, next, at);
}

function closeRound(plan: RunPlan, { model, history }: InRound, round: Evaluating, at: number): RunState {
  const { failures } = withSilent(evaluationsOf(round), 'evaluate');
  const record = closedRecord({ ...round, failures }, model.parameters.digest, at);
  return afterRound(plan, { model, history: remember(history, record) }, round.round, at);
}
