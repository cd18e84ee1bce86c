import { sampleClients } from '../clients/sample-clients.js';
import { failRound } from './round-turn.js';
import type { RunPlan } from './run-plan.js';
import type { InRound, RunEvent, RunState, WaitingForClients } from './run-state.js';
import { staleRound } from './stale-round.js';
import { workSeed } from './work-seed.js';

/** A round begins once enough clients are connected; who takes part is fixed then. */
export function advanceWaiting(
  plan: RunPlan,
  state: InRound,
  round: WaitingForClients,
  event: RunEvent,
): RunState {
  switch (event.kind) {
    case 'connected-changed':
      return selectOrWait(plan, state, { ...round, connected: event.connected }, event.at);
    case 'deadline-passed':
      if (event.at < round.deadline) return state;
      return failRound(plan, state, event.at, {
        reason: 'too-few-clients',
        // Not how many: that is not journalled, and a replay must say the same.
        message: `fewer than ${clientsNeeded(plan)} clients were connected after ${plan.policy.waitForClientsMs} ms`,
      });
    case 'fit-received':
    case 'evaluation-received':
    case 'work-failed':
      throw staleRound(state, event.round);
    default:
      return state;
  }
}

/** How many clients must be connected before a round begins. */
export function clientsNeeded({ selection }: RunPlan): number {
  return Math.max(selection.minClients, selection.minConnected);
}

function selectOrWait(plan: RunPlan, state: InRound, round: WaitingForClients, at: number): InRound {
  const { connected, ...common } = round;
  if (connected.length < clientsNeeded(plan)) return { ...state, round };
  const needed = Math.max(plan.selection.minClients, Math.floor(plan.selection.fraction * connected.length));
  const asked = Math.ceil(needed * (1 + plan.policy.overSelection));
  return {
    ...state,
    round: {
      ...common,
      phase: 'fitting',
      since: at,
      deadline: at + plan.policy.fitMs,
      selected: new Set(sampleClients(connected, asked, workSeed(plan, round.round, 'select-for-fit'))),
      needed,
      stage: 'open',
      updates: new Map(),
      failures: new Map(),
    },
  };
}
