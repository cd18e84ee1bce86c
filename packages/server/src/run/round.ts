import { advanceAggregating } from './aggregating.js';
import { advanceEvaluating } from './evaluating.js';
import { advanceFitting } from './fitting.js';
import type { RunPlan } from './run-plan.js';
import type { InRound, RunEvent, RunState } from './run-state.js';
import { advanceWaiting } from './waiting-for-clients.js';

/**
 * The next state of a run that is within a round:
 * `waiting-for-clients` → `fitting` → `aggregating` → `evaluating` → the next round, or the run's end.
 */
export function advanceRound(plan: RunPlan, state: InRound, event: RunEvent): RunState {
  const { round } = state;
  switch (round.phase) {
    case 'waiting-for-clients':
      return advanceWaiting(plan, state, round, event);
    case 'fitting':
      return advanceFitting(plan, state, round, event);
    case 'aggregating':
      return advanceAggregating(plan, state, round, event);
    case 'evaluating':
      return advanceEvaluating(plan, state, round, event);
  }
}
