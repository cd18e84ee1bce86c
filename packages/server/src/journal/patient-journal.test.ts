import { expect, it } from '@jest/globals';
import { rejectionOf } from '../../test/error-code.js';
import { fakeClock } from '../../test/fake-clock.js';
import { id } from '../../test/run-samples.js';
import { volatileJournal } from './journal.js';
import { JOURNAL_PATIENCE_MS, patientJournal } from './patient-journal.js';

const record = { kind: 'client-known', clientId: id('a'), keyHash: 'f'.repeat(64) } as const;

/** A journal of which every call goes on when the test says so. */
function heldJournal() {
  const held: (() => void)[] = [];
  const wait = () => new Promise<void>((resolve) => held.push(resolve));
  return { held, journal: { append: wait, close: wait } };
}

it('a record that is written in time is, and leaves no timer behind', async () => {
  const clock = fakeClock();
  const { held, journal } = heldJournal();
  const written = patientJournal(clock, journal).append(record);
  await clock.advance(JOURNAL_PATIENCE_MS - 1);
  held.shift()?.();
  await written;
  await clock.advance(0);
  expect(clock.pending()).toBe(0);
});

it('after a record that was not written in time nothing more is, even when the disk is back', async () => {
  const clock = fakeClock();
  const { held, journal } = heldJournal();
  const patient = patientJournal(clock, journal);
  const late = rejectionOf(patient.append(record));
  await clock.advance(JOURNAL_PATIENCE_MS);
  expect((await late).code).toBe('storage');
  held.shift()?.();
  expect((await rejectionOf(patient.append(record))).code).toBe('storage');
  expect(held).toEqual([]);
});

it('a refusal of the journal itself is told at once, as it is', async () => {
  const refusal = new Error('the disk is full');
  const patient = patientJournal(fakeClock(), { ...volatileJournal, append: () => Promise.reject(refusal) });
  await expect(patient.append(record)).rejects.toBe(refusal);
});

it('a journal that does not close is not waited for for ever', async () => {
  const clock = fakeClock();
  const closing = rejectionOf(patientJournal(clock, heldJournal().journal).close());
  await clock.advance(JOURNAL_PATIENCE_MS);
  expect((await closing).code).toBe('storage');
});
