import type { Kept } from '../keep/kept.js';
import { reporting, starting, training } from './begin-part.js';
import type { Limits } from './limits.js';
import type { Facts, ManagerState } from './manager-state.js';
import { rest } from './resting.js';

/**
 * The state of a manager that begins, with what an earlier process kept. A start that may have been under way when
 * that process ended counts as perhaps heard: the client is looked at before it is asked again.
 */
export function firstState({ part, last }: Kept, at: number, limits: Limits): ManagerState {
  const facts: Facts = {
    client: { kind: 'unknown' },
    hasClientRested: true,
    link: { kind: 'unregistered', since: at, error: null, nextAttemptAt: at },
    last,
    othersRun: null,
    nextLookAt: at,
    nextNewsAt: at,
  };
  switch (part?.phase) {
    case undefined:
      return rest(facts, at);
    case 'starting': {
      const { baseline, isPerhapsHeard } = part;
      const attempts = isPerhapsHeard ? 1 : 0;
      return { ...starting({ ...part, facts, at }, limits), baseline, isPerhapsHeard, attempts };
    }
    case 'training':
      return { ...training({ ...part, facts, at }, limits), isRunOver: part.isRunOver };
    case 'reporting':
      return reporting({ ...part, facts, at }, limits);
  }
}
