import { type ClientId, FedOpsError, type Sha256 } from '@fedops/shared-types';
import {
  type Heard,
  outstanding,
  withConnected,
  withFailure,
  withResult,
  withSilent,
} from './client-results.js';
import { failRound } from './round-turn.js';
import type { RunPlan } from './run-plan.js';
import type { Fitting, InRound, ReceivedUpdate, RunEvent, RunState } from './run-state.js';
import { staleRound } from './stale-round.js';

/** The selected clients train; the round goes on when all are accounted for, or at the deadline with a quorum. */
export function advanceFitting(plan: RunPlan, state: InRound, round: Fitting, event: RunEvent): RunState {
  switch (event.kind) {
    case 'fit-received': {
      assertUpdateIsWanted(state, round, event.round, event.update);
      if (round.updates.has(event.update.clientId)) return state;
      return heard(
        plan,
        state,
        round,
        withResult(updatesOf(round), event.update.clientId, event.update),
        event.at,
      );
    }
    case 'work-failed': {
      const { failure } = event;
      if (event.round !== round.round || failure.work !== 'fit' || !round.selected.has(failure.clientId)) {
        throw staleRound(state, event.round);
      }
      return heard(plan, state, round, withFailure(updatesOf(round), failure), event.at);
    }
    case 'connected-changed':
      return heard(plan, state, round, withConnected(updatesOf(round), event.connected, 'fit'), event.at);
    case 'deadline-passed':
      return event.at < round.deadline ? state : closeOrWait(plan, state, round, event.at);
    case 'evaluation-received':
      throw staleRound(state, event.round);
    default:
      return state;
  }
}

/**
 * Whether the open round takes this update: passes for a new one, for a repeated one, and where the digest is not
 * known yet.
 *
 * @throws {FedOpsError} `stale-round`, or `conflict` where the client sent other bytes before.
 */
export function assertUpdateIsWanted(
  state: RunState,
  fitting: Fitting,
  round: number,
  { clientId, digest }: { readonly clientId: ClientId; readonly digest: Sha256 | undefined },
): void {
  if (round !== fitting.round || !fitting.selected.has(clientId)) throw staleRound(state, round);
  const before = fitting.updates.get(clientId);
  if (before !== undefined && digest !== undefined && before.digest !== digest) {
    throw new FedOpsError('conflict', `another update of this client was counted in round ${round}`, {
      details: { round, counted: before.digest },
    });
  }
}

/** The phase as those who look at clients alone see it. */
export function updatesOf({ selected, updates, failures }: Fitting): Heard<ReceivedUpdate> {
  return { selected, results: updates, failures };
}

function heard(
  plan: RunPlan,
  state: InRound,
  round: Fitting,
  { results, failures }: Heard<ReceivedUpdate>,
  at: number,
): RunState {
  if (results === round.updates && failures === round.failures) return state;
  const next: Fitting = { ...round, updates: results, failures };
  const inRound: InRound = { ...state, round: next };
  if (outstanding(updatesOf(next)).length === 0) return close(plan, inRound, next, at);
  return round.stage === 'open' && results.size >= round.needed
    ? closeOrWait(plan, inRound, next, at)
    : inRound;
}

/** The round has what it needs, or its time is up: what is on its way may still count, where the policy says so. */
function closeOrWait(plan: RunPlan, state: InRound, round: Fitting, at: number): RunState {
  const { lateUpdatesMs, quorum } = plan.policy;
  const isWorthWaiting = round.stage === 'open' && lateUpdatesMs > 0 && round.updates.size >= quorum;
  if (!isWorthWaiting) return close(plan, state, round, at);
  return { ...state, round: { ...round, stage: 'late', deadline: at + lateUpdatesMs } };
}

function close(plan: RunPlan, state: InRound, round: Fitting, at: number): RunState {
  const { updates, selected, needed, stage: _s, phase: _p, failures: known, ...common } = round;
  // Who is not needed any more has failed nobody.
  const { failures } = updates.size >= needed ? round : withSilent(updatesOf(round), 'fit');
  if (updates.size >= plan.policy.quorum) {
    const deadline = at + plan.policy.aggregateMs;
    return { ...state, round: { ...common, phase: 'aggregating', since: at, deadline, updates, failures } };
  }
  const silent = failures.size - known.size;
  return failRound(plan, { ...state, round: { ...round, failures } }, at, {
    reason: updates.size === 0 ? 'no-valid-update' : 'quorum-not-met',
    message: `${updates.size} of ${selected.size} updates came, ${plan.policy.quorum} are needed; ${known.size} failed, ${silent} did not answer`,
  });
}
