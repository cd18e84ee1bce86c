import type { RunView } from '@fedops/shared-types';

/** What the run is doing, in a sentence; of a run that has ended or stands still, the one that it was given. */
export function explanationOf({ state, openRound, clients, listedClients }: RunView): string {
  if (openRound === undefined) return state.explanation;
  const { round, asked, updates, evaluations, failures, clientsNeeded, updatesNeeded } = openRound;
  switch (state.phase) {
    case 'waiting-for-clients': {
      const there = clients.filter(({ connection }) => connection === 'connected').length;
      const among = listedClients === undefined ? '' : ` of the ${listedClients.length} listed`;
      return `round ${round} begins when ${clientsNeeded}${among} clients are connected; ${there} are`;
    }
    case 'fitting': {
      const enough = (updatesNeeded ?? asked.length) < asked.length ? `, ${updatesNeeded} are enough` : '';
      return `round ${round}: ${updates.length} of ${asked.length} updates are in${enough}, ${failures.length} clients failed`;
    }
    case 'aggregating':
      return `round ${round}: aggregating ${updates.length} updates`;
    case 'evaluating':
      return `round ${round}: ${evaluations.length} of ${asked.length} evaluations are in`;
    default:
      return state.explanation;
  }
}
