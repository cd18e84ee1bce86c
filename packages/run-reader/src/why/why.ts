import type { RunView } from '@fedops/shared-types';
import { counted } from '../words/counted.js';
import { adviceOf } from './advice.js';
import { clientLine } from './client-line.js';
import { deadlineLine } from './deadline-line.js';

/** More names than this help nobody. */
const LISTED_CLIENTS = 10;

/**
 * Why the run is where it is, for people: what it waits for, since when, for whom, until when, what happens then, and
 * what one can do. Lines of text in English, times in UTC. Pure.
 *
 * @param now Milliseconds since the epoch.
 */
export function why(view: RunView, now: number): string {
  return [
    headline(view),
    deadlineLine(view, now),
    ...clientLines(view, now),
    ...failureLines(view),
    adviceOf(view),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function headline({ runId, taskId, rounds, state, openRound }: RunView): string {
  const attempt = (openRound?.attempt ?? 1) > 1 ? `, attempt ${openRound?.attempt}` : '';
  const where = openRound === undefined ? '' : `, round ${openRound.round} of ${rounds}${attempt}`;
  return `Run ${runId} of task ${taskId}${where}: ${state.explanation}.`;
}

function clientLines(view: RunView, now: number): string[] {
  const { waitingFor } = view.state;
  if (waitingFor.length === 0) return [];
  const more = waitingFor.length - LISTED_CLIENTS;
  return [
    `It waits for ${counted(waitingFor.length, 'client')}:`,
    ...waitingFor.slice(0, LISTED_CLIENTS).map((clientId) => `  ${clientLine(view, clientId, now)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function failureLines({ openRound }: RunView): string[] {
  const failures = openRound?.failures ?? [];
  if (failures.length === 0) return [];
  const more = failures.length - LISTED_CLIENTS;
  return [
    `${counted(failures.length, 'failure')} in this round:`,
    ...failures
      .slice(0, LISTED_CLIENTS)
      .map(({ clientId, work, code, message }) => `  ${clientId} (${work}): ${code}, ${message}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
