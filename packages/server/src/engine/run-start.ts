import type { ClientId, Sha256 } from '@fedops/shared-types';
import type { EventLog } from '../events/event-log.js';
import type { Journal } from '../journal/journal.js';
import type { RunPlan } from '../run/run-plan.js';
import type { ReceivedUpdate, RunState } from '../run/run-state.js';

/** Where a run starts: at its beginning, or where its journal ends. */
export interface RunStart {
  readonly plan: RunPlan;
  readonly state: RunState;
  readonly journal: Journal;
  readonly isResumed: boolean;
  /** The key that each client showed first, as SHA-256. */
  readonly knownKeys: ReadonlyMap<ClientId, Sha256>;
  /** What is to be told of the run so far. */
  readonly events: EventLog;
}

/** The clients that have a part in what goes on: those that the open phase asked, else those of the last round. */
export function participantsOf(state: RunState): Iterable<ClientId> {
  const last = state.history.at(-1)?.participants.map(({ clientId }) => clientId) ?? [];
  if (state.phase !== 'in-round') return last;
  const { round } = state;
  switch (round.phase) {
    case 'waiting-for-clients':
      return last;
    case 'aggregating':
      return round.updates.keys();
    case 'fitting':
    case 'evaluating':
      return round.selected;
  }
}

/** The updates whose bytes the open round still needs. */
export function neededUpdates(state: RunState): Iterable<ReceivedUpdate> {
  if (state.phase !== 'in-round') return [];
  const { round } = state;
  return round.phase === 'fitting' || round.phase === 'aggregating' ? round.updates.values() : [];
}
