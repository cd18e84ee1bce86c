import type { OpenRound, RunView } from '@fedops/shared-types';
import { counted } from '../words/counted.js';

/** What the run is doing, in a sentence; of a run that has ended or stands still, the one that it was given. */
export function explanationOf({ state, openRound, clients, listedClients }: RunView): string {
  if (openRound === undefined) return state.explanation;
  const { round, asked, updates, failures, clientsNeeded, updatesNeeded, quorum } = openRound;
  switch (state.phase) {
    case 'waiting-for-clients': {
      const there = clients.filter(({ connection }) => connection === 'connected').length;
      const among = listedClients === undefined ? '' : ` of the ${listedClients.length} listed`;
      const needed = among === '' ? counted(clientsNeeded, 'client') : `${clientsNeeded}${among} clients`;
      return `round ${round} begins when ${needed} ${areFor(clientsNeeded)} connected; ${there} ${areFor(there)}`;
    }
    case 'fitting': {
      const enough = (updatesNeeded ?? asked.length) < asked.length ? `, ${updatesNeeded} are enough` : '';
      const failed = failures.length > 0 ? `, ${counted(failures.length, 'client')} failed` : '';
      return `round ${round}: ${updates.length} of ${asked.length} updates are in${enough}${failed}; a quorum is ${quorum}`;
    }
    case 'aggregating':
      return `round ${round}: aggregating ${counted(updates.length, 'update')}`;
    case 'evaluating':
      return measuring(openRound) ?? state.explanation;
    default:
      return state.explanation;
  }
}

/** Undefined where all is measured, so that the round is about to close. */
function measuring({ round, asked, evaluations, centralEvaluation }: OpenRound): string | undefined {
  const parts = [
    ...(asked.length > 0 ? [`${evaluations.length} of ${asked.length} evaluations are in`] : []),
    ...(centralEvaluation.status === 'running' ? ['the server evaluates'] : []),
  ];
  return parts.length > 0 ? `round ${round}: ${parts.join('; ')}` : undefined;
}

function areFor(count: number): string {
  return count === 1 ? 'is' : 'are';
}
