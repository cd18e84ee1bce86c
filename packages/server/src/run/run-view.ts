import type { RunStateView, RunView } from '@fedops/shared-types';
import type { ClientSnapshot } from '../clients/client-registry.js';
import { absentListed } from './admission.js';
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
    state: stateView(plan, state, clients),
    ...(plan.clients.kind === 'listed' && { listedClients: [...plan.clients.ids] }),
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

/** While a round waits for clients, it waits for those that are listed and are not there. */
function stateView(plan: RunPlan, state: RunState, clients: readonly ClientSnapshot[]): RunStateView {
  const explained = explain(plan, state);
  if (explained.phase !== 'waiting-for-clients') return explained;
  const connected = clients.filter(({ connection }) => connection === 'connected');
  return {
    ...explained,
    waitingFor: absentListed(
      plan,
      connected.map(({ clientId }) => clientId),
    ),
  };
}
