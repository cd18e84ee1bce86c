import { resumed } from './resume.js';
import { advanceRound } from './round.js';
import { isCounted } from './round-record.js';
import { openRound } from './round-turn.js';
import { nextVersionOf, type RunPlan } from './run-plan.js';
import type { GlobalModel, Publishing, RunEvent, RunState } from './run-state.js';
import { staleRound } from './stale-round.js';

/** The state in which a run begins. */
export function beginRun(plan: RunPlan, model: GlobalModel, at: number): RunState {
  return openRound(plan, { model, history: [] }, { round: 1, failedAttempts: 0, at });
}

/**
 * The next state of a run. Pure: no clock, no randomness, no IO; the same state object where nothing changes.
 *
 * @throws {FedOpsError} `stale-round` for a result of a round that is not open for its client, `conflict` for a
 *   second update that differs from the first.
 */
export function advance(plan: RunPlan, state: RunState, event: RunEvent): RunState {
  if (event.kind === 'resumed') return resumed(plan, state, event.at);
  // Its sender may have lost the answer, also the one to the update that closed the round.
  if (event.kind === 'fit-received' && isCounted(state, event.round, event.update)) return state;
  switch (state.phase) {
    case 'in-round':
      return event.kind === 'stopped' ? stop(state, event) : advanceRound(plan, state, event);
    case 'publishing':
      return event.kind === 'stopped' ? stop(state, event) : advancePublishing(plan, state, event);
    case 'finished':
    case 'failed':
      return withoutLateResult(state, event);
  }
}

function stop(
  { model, history }: RunState,
  event: { readonly at: number; readonly message: string },
): RunState {
  return {
    phase: 'failed',
    model,
    history,
    since: event.at,
    reason: 'stopped',
    code: 'aborted',
    message: event.message,
  };
}

function advancePublishing(plan: RunPlan, state: Publishing, event: RunEvent): RunState {
  const { model, history } = state;
  const fail = { phase: 'failed', model, history, since: event.at, reason: 'publish-error' } as const;
  switch (event.kind) {
    case 'published':
      return { phase: 'finished', model, history, since: event.at, version: event.version, path: event.path };
    case 'publish-failed':
      return { ...fail, code: event.code, message: event.message };
    case 'deadline-passed': {
      if (event.at < state.deadline) return state;
      const message = `the store did not publish version ${nextVersionOf(plan)} within ${plan.policy.publishMs} ms`;
      return { ...fail, code: 'deadline-exceeded', message };
    }
    default:
      return withoutLateResult(state, event);
  }
}

/** The state as it is; a result that comes when no round is open is refused. */
function withoutLateResult(state: RunState, event: RunEvent): RunState {
  if (event.kind === 'fit-received' || event.kind === 'evaluation-received' || event.kind === 'work-failed') {
    throw staleRound(state, event.round);
  }
  return state;
}
