import type { FedOpsErrorCode, RoundRecord } from '@fedops/shared-types';
import { failedRecord, remember } from './round-record.js';
import type { RunPlan } from './run-plan.js';
import type { GlobalModel, InRound, RoundFailureReason, RunState } from './run-state.js';

/** What a run has come to when a round begins. */
export interface SoFar {
  readonly model: GlobalModel;
  readonly history: readonly RoundRecord[];
}

/** Begins a round: it waits until it hears who is connected. */
export function openRound(
  plan: RunPlan,
  { model, history }: SoFar,
  {
    round,
    failedAttempts,
    at,
  }: { readonly round: number; readonly failedAttempts: number; readonly at: number },
): InRound {
  return {
    phase: 'in-round',
    model,
    history,
    round: {
      phase: 'waiting-for-clients',
      round,
      failedAttempts,
      began: at,
      since: at,
      deadline: at + plan.policy.waitForClientsMs,
      connected: [],
    },
  };
}

/** After a round with a model: the next one, or the publication of what the last one made. */
export function afterRound(plan: RunPlan, soFar: SoFar, round: number, at: number): RunState {
  if (round < plan.rounds) return openRound(plan, soFar, { round: round + 1, failedAttempts: 0, at });
  return { phase: 'publishing', ...soFar, since: at, deadline: at + plan.policy.publishMs };
}

/** Why an attempt at a round made no model, for machines and for people. */
export interface RoundFailure {
  readonly reason: RoundFailureReason;
  /** Of a run that ends with it; `unavailable` where absent. */
  readonly code?: FedOpsErrorCode;
  readonly message: string;
}

/** Ends an attempt at a round without a model: tries again, or ends the run when it was the last. */
export function failRound(plan: RunPlan, state: InRound, at: number, failure: RoundFailure): RunState {
  const { model, round } = state;
  const history = remember(state.history, failedRecord(round, failure, at));
  const failedAttempts = round.failedAttempts + 1;
  if (failedAttempts <= plan.policy.retries) {
    return openRound(plan, { model, history }, { round: round.round, failedAttempts, at });
  }
  const { code = 'unavailable' } = failure;
  const message = `round ${round.round} failed: ${failure.message}`;
  return { phase: 'failed', model, history, since: at, reason: failure.reason, code, message };
}
