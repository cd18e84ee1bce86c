import type { OpenRound, RunView } from '@fedops/shared-types';
import { durationText, timeText } from '../words/duration.js';

/** Since when it waits, until when, and what happens then. */
export function deadlineLine({ state, openRound }: RunView, now: number): string {
  const since = `since ${timeText(state.since)} (${durationText(now - Date.parse(state.since))})`;
  if (state.deadline === null) return `So it is ${since}.`;
  const left = durationText(Date.parse(state.deadline) - now);
  const then = openRound === undefined ? 'the run fails' : whatFollows(state.phase, openRound);
  return `It waits ${since}, at most until ${timeText(state.deadline)} (${left} left); then ${then}.`;
}

function whatFollows(phase: RunView['state']['phase'], { updates, quorum }: OpenRound): string {
  switch (phase) {
    case 'fitting':
      return updates.length >= quorum
        ? `the round goes on with ${updates.length === 1 ? 'the one update that is in' : `the ${updates.length} updates that are in`}`
        : `the round fails, unless ${quorum - updates.length === 1 ? 'one more update comes' : `${quorum - updates.length} more updates come`}`;
    case 'evaluating':
      return 'the round closes with the evaluations that are in';
    default:
      return 'the round fails';
  }
}
