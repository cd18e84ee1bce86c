import { durationText, timeText } from '@fedops/run-reader';
import { printable } from '../../output/printable.js';
import type { Explanation } from './explanation.js';

/** More names than this help nobody. */
const LISTED = 10;

/** An explanation for people. @param now Milliseconds since the epoch. */
export function whyText(explained: Explanation, now: number): string {
  const { runId, taskId, explanation, since, until, atDeadline, waitingFor, advice } = explained;
  const more = waitingFor.length - LISTED;
  const whom = [...waitingFor.slice(0, LISTED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
  return [
    `Run ${runId} of task ${taskId}: ${explanation}.`,
    `since     ${timeText(since)} (${durationText(now - Date.parse(since))})`,
    ...(waitingFor.length > 0 ? [`for       ${whom}`] : []),
    ...(until === null
      ? []
      : [`until     ${timeText(until)} (${durationText(Date.parse(until) - now)} left); then ${atDeadline}`]),
    ...advice.map((line, i) => `${i === 0 ? 'what to do' : '          '}  ${line}`),
  ]
    .map(printable)
    .join('\n');
}
