import type { ClientId } from '@fedops/shared-types';
import { sampleClients } from '../clients/sample-clients.js';
import { closeEvaluation } from './evaluating.js';
import { failRound } from './round-turn.js';
import type { RunPlan } from './run-plan.js';
import type { Aggregating, Evaluating, InRound, RunEvent, RunState } from './run-state.js';
import { staleRound } from './stale-round.js';
import { workSeed } from './work-seed.js';

/** The updates become the round's model; the round waits for the server itself. */
export function advanceAggregating(
  plan: RunPlan,
  state: InRound,
  round: Aggregating,
  event: RunEvent,
): RunState {
  switch (event.kind) {
    case 'aggregated':
      return evaluate(plan, { ...state, model: event.model }, round, event);
    case 'aggregation-failed':
      return failRound(plan, state, event.at, {
        reason: 'aggregation-error',
        code: event.code,
        message: event.message,
      });
    case 'deadline-passed':
      if (event.at < round.deadline) return state;
      return failRound(plan, state, event.at, {
        reason: 'aggregation-error',
        code: 'internal',
        message: `the aggregation took longer than ${plan.policy.aggregateMs} ms`,
      });
    case 'fit-received':
    case 'evaluation-received':
    case 'work-failed':
      throw staleRound(state, event.round);
    default:
      return state;
  }
}

function evaluate(
  plan: RunPlan,
  state: InRound,
  { failures, phase: _, ...common }: Aggregating,
  { at, metrics, connected }: Extract<RunEvent, { kind: 'aggregated' }>,
): RunState {
  const evaluating: Evaluating = {
    ...common,
    phase: 'evaluating',
    since: at,
    deadline: at + plan.policy.evaluateMs,
    fitFailures: failures,
    fitMetrics: metrics,
    selected: evaluators(plan, common.round, connected),
    evaluations: new Map(),
    failures: new Map(),
    central: plan.centralEvaluation === 'none' ? { status: 'none' } : { status: 'running' },
  };
  return closeEvaluation(plan, { ...state, round: evaluating }, evaluating, at);
}

function evaluators(plan: RunPlan, round: number, connected: readonly ClientId[]): ReadonlySet<ClientId> {
  const { fraction } = plan.clientEvaluation;
  if (fraction === 0 || connected.length === 0) return new Set();
  const count = Math.max(1, Math.floor(fraction * connected.length));
  return new Set(sampleClients(connected, count, workSeed(plan, round, 'select-for-evaluation')));
}
