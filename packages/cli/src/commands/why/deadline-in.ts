import type { RunView } from '@fedops/shared-types';
import type { Explanation } from './explanation.js';

/** Until when an FL server waits, and what it does then. */
export function deadlineIn({ state, openRound }: RunView): Pick<Explanation, 'until' | 'atDeadline'> {
  const until = state.deadline;
  if (until === null) return { until, atDeadline: null };
  if (openRound === undefined) return { until, atDeadline: 'the run fails' };
  switch (state.phase) {
    case 'fitting': {
      const { updates, quorum } = openRound;
      const missing = quorum - updates.length;
      return {
        until,
        atDeadline:
          missing > 0
            ? `the round fails, unless ${missing} more ${missing === 1 ? 'update comes' : 'updates come'}`
            : `the round goes on with the ${updates.length} updates that are in`,
      };
    }
    case 'evaluating':
      return { until, atDeadline: 'the round closes with the evaluations that are in' };
    default:
      return { until, atDeadline: 'the round fails' };
  }
}
