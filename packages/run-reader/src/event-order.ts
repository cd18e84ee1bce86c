import type { RunEvent } from '@fedops/shared-types';

/** Whether an event comes after the one of the id: of another run always, and a whole picture always. */
export function isAfter({ id, kind }: Pick<RunEvent, 'id' | 'kind'>, last: string | undefined): boolean {
  if (last === undefined || kind === 'reset') return true;
  const [run, ...numbers] = partsOf(id);
  const [lastRun, ...lastNumbers] = partsOf(last);
  if (run !== lastRun) return true;
  const [a = 0, b = 0] = numbers.map(Number);
  const [lastA = 0, lastB = 0] = lastNumbers.map(Number);
  return a > lastA || (a === lastA && b > lastB);
}

function partsOf(id: string): string[] {
  return id.split(/[-.]/);
}
