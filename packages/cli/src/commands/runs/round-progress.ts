import type { OpenRound, RunView } from '@fedops/shared-types';

/** How far the open round is. */
export interface RoundProgress {
  /** From 0 to 1. */
  readonly share: number;
  /** What is being waited for. */
  readonly note: string;
}

/** Fits take most of a round's time; the shares of the phases only have to grow. */
const FITTED = 0.8;
const AGGREGATED = 0.85;

/** How far a run's open round is; undefined where none is open. Pure. */
export function roundProgress({ state, openRound, clients }: RunView): RoundProgress | undefined {
  if (openRound === undefined) return undefined;
  switch (state.phase) {
    case 'waiting-for-clients': {
      const connected = clients.filter(({ connection }) => connection === 'connected').length;
      return { share: 0, note: `waits for clients: ${connected} of ${openRound.clientsNeeded}` };
    }
    case 'fitting': {
      const done = answered(openRound, openRound.updates);
      const failed = openRound.failures.length;
      const note = `${openRound.updates.length} of ${openRound.asked.length} updates${failed > 0 ? `, ${failed} failed` : ''}`;
      return { share: FITTED * done, note };
    }
    case 'aggregating':
      return { share: FITTED, note: 'aggregates' };
    case 'evaluating': {
      const done = answered(openRound, openRound.evaluations);
      const asked = openRound.asked.length;
      const note =
        asked === 0 ? 'the server measures' : `${openRound.evaluations.length} of ${asked} evaluations`;
      return { share: AGGREGATED + (1 - AGGREGATED) * done, note };
    }
    case 'suspended':
      return { share: 0, note: 'suspended' };
    case 'publishing':
    case 'finished':
    case 'failed':
      return { share: 1, note: state.phase };
  }
}

/** The share of those asked that have answered, well or badly. */
function answered({ asked, failures }: OpenRound, results: readonly { readonly clientId: string }[]): number {
  const heard = new Set([...results, ...failures].map(({ clientId }) => clientId));
  return asked.length === 0 ? 0 : asked.filter((clientId) => heard.has(clientId)).length / asked.length;
}
