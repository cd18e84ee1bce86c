import type { RoundRecord } from '@fedops/shared-types';

/** What `now` has beyond `before`: of two lists of past rounds of one run, each the newest hundred, oldest first. */
export function roundsAfter(
  before: readonly RoundRecord[],
  now: readonly RoundRecord[],
): readonly RoundRecord[] {
  const last = before.at(-1);
  if (last === undefined) return now;
  return now.slice(now.findLastIndex((record) => isSame(record, last)) + 1);
}

function isSame(one: RoundRecord, other: RoundRecord): boolean {
  return (
    one.round === other.round && one.outcome.kind === other.outcome.kind && one.seconds === other.seconds
  );
}
