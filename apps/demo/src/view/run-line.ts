import type { RunStateView } from '@fedops/shared-types';

/** What the run is doing in one line: why it waits, for whom, and how long it goes on doing so at most. */
export function runLine({ phase, explanation, waitingFor, deadline }: RunStateView, now: number): string {
  const whom = waitingFor.length === 0 ? '' : `; waits for ${waitingFor.join(', ')}`;
  const left = deadline === null ? undefined : Math.max(0, Math.round((Date.parse(deadline) - now) / 1000));
  return `${phase}: ${explanation}${whom}${left === undefined ? '' : `, ${left} s at most`}`;
}
