import { expect, it } from '@jest/globals';
import { rejectionOf } from '../../test/error-code.js';
import { fakeClock, settle } from '../../test/fake-clock.js';
import { DISK_PATIENCE_MS, patientDisk } from './patient-disk.js';

/** Work that is over when the test says so. */
function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const work = new Promise<T>((done) => (resolve = done));
  return { work, resolve };
}

it('gives what the disk answers in time, and closes nothing', async () => {
  const clock = fakeClock();
  const closed: string[] = [];
  const answer = patientDisk(clock).answer('journal', Promise.resolve('open'), async (late) =>
    closed.push(late),
  );
  expect(await answer).toBe('open');
  await settle();
  expect([closed, clock.pending()]).toEqual([[], 0]);
});

it('closes what comes when nobody waits for it any more, and gives back nothing before', async () => {
  const [clock, { work, resolve }] = [fakeClock(), deferred<string>()];
  const disk = patientDisk(clock);
  const order: string[] = [];
  const failed = rejectionOf(disk.answer('journal', work, async (late) => order.push(`closed ${late}`)));
  await clock.advance(DISK_PATIENCE_MS);
  expect(await failed).toMatchObject({ code: 'storage', message: expect.stringContaining('journal') });
  await disk.giveBack(async () => void order.push('given back'));
  expect(order).toEqual([]);
  resolve('file');
  await settle();
  expect(order).toEqual(['closed file', 'given back']);
});

it('waits no longer for what is given back either, and says nothing where that fails', async () => {
  const [clock, { work, resolve }] = [fakeClock(), deferred<void>()];
  const disk = patientDisk(clock);
  let isOver = false;
  const givenBack = disk
    .giveBack(() => work)
    .then(() => {
      isOver = true;
    });
  await clock.advance(DISK_PATIENCE_MS - 1);
  expect(isOver).toBe(false);
  await clock.advance(1);
  await givenBack;
  resolve();
  await patientDisk(clock).giveBack(() => Promise.reject(new Error('broken')));
  expect(clock.pending()).toBe(0);
});
