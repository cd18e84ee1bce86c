import { FedOpsError } from '@fedops/shared-types';
import fc from 'fast-check';
import type { Clock } from '../src/clock.js';
import type { Journal } from '../src/journal/journal.js';

/** What becomes of one record: it is durable after so many milliseconds, refused, or nothing is heard of it again. */
export type Fate = number | 'refused' | 'never';

/** Mostly sound journals: the fates of their first records; all that follow are durable at once. */
export const anyFates: fc.Arbitrary<Fate[]> = fc.array(
  fc.oneof(
    { weight: 160, arbitrary: fc.constant(0) },
    { weight: 20, arbitrary: fc.constantFrom(1, 200) },
    { weight: 1, arbitrary: fc.constant(12_000) },
    { weight: 1, arbitrary: fc.constantFrom('refused' as const, 'never' as const) },
  ),
  { maxLength: 60 },
);

/** A journal that answers in the order of its calls, as journals do, each record as its fate is. */
export function unreliableJournal(clock: Clock, fates: readonly Fate[]): Journal {
  let last = Promise.resolve();
  let count = 0;
  return {
    append() {
      const fate = fates[count++] ?? 0;
      last = Promise.all([last, meeting(clock, fate)]).then(() => {});
      return last;
    },
    close: async () => {},
  };
}

function meeting(clock: Clock, fate: Fate): Promise<void> {
  return new Promise((resolve, reject) => {
    if (fate === 'never') return;
    if (fate === 'refused') reject(new FedOpsError('storage', 'the disk is full'));
    else if (fate === 0) resolve();
    else clock.after(fate, resolve);
  });
}
