import type { ClientId, EvaluationView, OpenRound, UpdateView } from '@fedops/shared-types';
import { inIdOrder } from '../clients/sample-clients.js';
import { failuresOf, updatesInIdOrder } from './round-record.js';
import type { RunPlan } from './run-plan.js';
import type { ReceivedUpdate, RoundState, RunState } from './run-state.js';
import { clientsNeeded } from './waiting-for-clients.js';

/** The open round as others see it; undefined where none is open. */
export function openRoundOf(plan: RunPlan, state: RunState): OpenRound | undefined {
  if (state.phase !== 'in-round') return undefined;
  const { round } = state;
  return {
    round: round.round,
    attempt: round.failedAttempts + 1,
    clientsNeeded: clientsNeeded(plan),
    quorum: plan.policy.quorum,
    ...(round.phase === 'fitting' && { updatesNeeded: round.needed }),
    asked: [...askedIn(round)],
    updates: updatesInIdOrder(round).map(updateView),
    evaluations: evaluationsIn(round),
    failures: [...failuresOf(round)],
    centralEvaluation: round.phase === 'evaluating' ? round.central : { status: 'none' },
  };
}

/** An update as others see it: without its norm and its place in the spool. */
export function updateView({ clientId, numExamples, metrics, digest }: ReceivedUpdate): UpdateView {
  return { clientId, numExamples, metrics, digest };
}

function askedIn(round: RoundState): Iterable<ClientId> {
  switch (round.phase) {
    case 'fitting':
    case 'evaluating':
      return round.selected;
    case 'waiting-for-clients':
    case 'aggregating':
      return [];
  }
}

function evaluationsIn(round: RoundState): EvaluationView[] {
  if (round.phase !== 'evaluating') return [];
  return inIdOrder(round.evaluations.keys()).map((clientId) => ({
    clientId,
    ...round.evaluations.get(clientId)!,
  }));
}
