import type { RunPlan } from './run-plan.js';
import type { RoundState, RunState } from './run-state.js';

/** The run as it goes on after a restart: in the same phase, which gets its whole time again. */
export function resumed(plan: RunPlan, state: RunState, at: number): RunState {
  switch (state.phase) {
    case 'in-round':
      return { ...state, round: resumedRound(plan, state.round, at) };
    case 'publishing':
      return { ...state, deadline: at + plan.policy.publishMs };
    case 'finished':
    case 'failed':
      return state;
  }
}

function resumedRound({ policy }: RunPlan, round: RoundState, at: number): RoundState {
  switch (round.phase) {
    case 'waiting-for-clients':
      return { ...round, deadline: at + policy.waitForClientsMs, connected: [] };
    case 'fitting':
      return { ...round, deadline: at + (round.stage === 'late' ? policy.lateUpdatesMs : policy.fitMs) };
    case 'aggregating':
      return { ...round, deadline: at + policy.aggregateMs };
    case 'evaluating':
      return { ...round, deadline: at + policy.evaluateMs };
  }
}
