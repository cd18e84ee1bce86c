import { FedOpsError } from '@fedops/shared-types';
import { type RunState, roundOf } from './run-state.js';

/** The error for a result that the run does not wait for; `details.round` is the current round. */
export function staleRound(state: RunState, round: number): FedOpsError {
  const current = roundOf(state);
  const phase = state.phase === 'in-round' ? state.round.phase : state.phase;
  return new FedOpsError(
    'stale-round',
    `round ${round} takes no result of this client now; round ${current} is ${phase}`,
    {
      details: { round: current, phase },
    },
  );
}
