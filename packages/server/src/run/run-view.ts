import type { RunView } from '@fedops/shared-types';
import type { ClientSnapshot } from '../clients/client-registry.js';
import { explain } from './explain.js';
import { openRoundOf } from './open-round.js';
import { nextVersionOf, type RunPlan } from './run-plan.js';
import { type RunState, roundOf } from './run-state.js';

/** The run as `GET /v1/run` shows it. */
export function viewOf(plan: RunPlan, state: RunState, clients: readonly ClientSnapshot[]): RunView {
  const openRound = openRoundOf(plan, state);
  return {
    taskId: plan.taskId,
    runId: plan.runId,
    round: roundOf(state),
    rounds: plan.rounds,
    baseVersion: plan.baseVersion,
    nextVersion: nextVersionOf(plan),
    state: explain(plan, state),
    clients: clients.map(({ clientId, connection, lastSeen, status, activity }) => ({
      clientId,
      name: status?.FL_client_name ?? null,
      connection,
      lastSeen: new Date(lastSeen).toISOString(),
      activity,
    })),
    ...(openRound !== undefined && { openRound }),
    history: [...state.history],
    published:
      state.phase === 'finished' ? { version: state.version, digest: state.model.parameters.digest } : null,
  };
}
