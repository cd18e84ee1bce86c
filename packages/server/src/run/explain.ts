import type { RunStateView } from '@fedops/shared-types';
import { isoTime } from '../iso-time.js';
import { outstanding } from './client-results.js';
import { counted } from './counted.js';
import { evaluationsOf } from './evaluating.js';
import { updatesOf } from './fitting.js';
import { nextVersionOf, type RunPlan } from './run-plan.js';
import type { RoundState, RunState } from './run-state.js';
import { clientsNeeded } from './waiting-for-clients.js';

/** Why the run is where it is: since when, for whom it waits, until when. */
export function explain(plan: RunPlan, state: RunState): RunStateView {
  switch (state.phase) {
    case 'in-round':
      return {
        ...explainRound(plan, state.round),
        since: isoTime(state.round.since),
        deadline: isoTime(state.round.deadline),
      };
    case 'publishing':
      return {
        phase: 'publishing',
        reason: 'storing-version',
        explanation: `storing global model V${nextVersionOf(plan)}`,
        since: isoTime(state.since),
        deadline: isoTime(state.deadline),
        waitingFor: [],
      };
    case 'finished':
      return terminal(state.since, 'finished', 'published', `global model V${state.version} is published`);
    case 'failed':
      return terminal(state.since, 'failed', state.reason, state.message);
  }
}

/** The run as it stands still because nothing more can be stored. */
export function explainSuspension(since: number, message: string): RunStateView {
  const explanation = `the run stands still until the server is restarted: ${message}`;
  return terminal(since, 'suspended', 'storage', explanation);
}

type Explanation = Pick<RunStateView, 'phase' | 'reason' | 'explanation' | 'waitingFor'>;

function explainRound(plan: RunPlan, round: RoundState): Explanation {
  const { phase } = round;
  switch (phase) {
    case 'waiting-for-clients': {
      const [there, needed] = [round.connected.length, clientsNeeded(plan)];
      const among = plan.clients.kind === 'any' ? '' : ` of the ${plan.clients.ids.length} listed`;
      const clients = among === '' ? counted(needed, 'client') : `${needed}${among} clients`;
      const explanation = `round ${round.round} begins when ${clients} ${areFor(needed)} connected; ${there} ${areFor(there)}`;
      return { phase, reason: 'too-few-clients', explanation, waitingFor: [] };
    }
    case 'fitting': {
      const waitingFor = [...outstanding(updatesOf(round))];
      const { size } = round.selected;
      const needed = round.needed < size ? `, ${round.needed} are enough` : '';
      const failed = round.failures.size > 0 ? `, ${counted(round.failures.size, 'client')} failed` : '';
      const explanation = `round ${round.round}: ${round.updates.size} of ${size} updates are in${needed}${failed}; a quorum is ${plan.policy.quorum}`;
      return {
        phase,
        reason: round.stage === 'late' ? 'late-updates' : 'updates-missing',
        explanation,
        waitingFor,
      };
    }
    case 'aggregating': {
      const explanation = `round ${round.round}: aggregating ${counted(round.updates.size, 'update')}`;
      return { phase, reason: 'aggregating', explanation, waitingFor: [] };
    }
    case 'evaluating': {
      const waitingFor = [...outstanding(evaluationsOf(round))];
      const { size } = round.selected;
      const parts = [
        ...(size > 0 ? [`${round.evaluations.size} of ${size} evaluations are in`] : []),
        ...(round.central.status === 'running' ? ['the server evaluates'] : []),
      ];
      const explanation = `round ${round.round}: ${parts.join('; ')}`;
      return {
        phase,
        reason: waitingFor.length > 0 ? 'evaluations-missing' : 'central-evaluation',
        explanation,
        waitingFor,
      };
    }
  }
}

function areFor(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function terminal(
  since: number,
  phase: 'finished' | 'failed' | 'suspended',
  reason: string,
  explanation: string,
): RunStateView {
  return { phase, reason, explanation, since: isoTime(since), deadline: null, waitingFor: [] };
}
