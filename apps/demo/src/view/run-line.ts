import type { RunStateView } from '@fedops/shared-types';

/** What the run is doing in one line: why it waits, for whom, and how long it goes on doing so at most. */
export function runLine({ phase, explanation, waitingFor, deadline }: RunStateView, now: number): string {
  const whom = waitingFor.length === 0 ? '' : `; waits for ${namesOf(waitingFor)}`;
  const left = deadline === null ? undefined : Math.max(0, Math.round((Date.parse(deadline) - now) / 1000));
  return `${phase}: ${explanation}${whom}${left === undefined ? '' : `, ${left} s at most`}`;
}

const MOST_NAMES = 4;

function namesOf(clients: readonly string[]): string {
  const named = clients.slice(0, MOST_NAMES).join(', ');
  const others = clients.length - MOST_NAMES;
  return others > 0 ? `${named} and ${others} more` : named;
}
