import { expect, it } from '@jest/globals';
import { rejectionOf } from '../../test/error-code.js';
import { fakeClock, settle } from '../../test/fake-clock.js';
import { patientSpool, SPOOL_PATIENCE_MS } from './patient-spool.js';
import type { Spool, SpooledUpload } from './spool.js';

type Step = 'begin' | 'append' | 'keep' | 'discard';

/** A spool of which one step is done only when the test says so; notes what was done. */
function spoolThatStalls(stalling: Step) {
  const done: Step[] = [];
  let goOn = () => {};
  async function step<T>(name: Step, result: T): Promise<T> {
    if (name === stalling) await new Promise<void>((resolve) => (goOn = resolve));
    done.push(name);
    return result;
  }
  const upload: SpooledUpload = {
    append: () => step('append', undefined),
    keep: () => step('keep', 0),
    discard: () => step('discard', undefined),
  };
  const spool: Pick<Spool, 'begin'> = { begin: () => step('begin', upload) };
  return { spool, done, goOn: () => goOn() };
}

async function throughAll(spool: Pick<Spool, 'begin'>): Promise<void> {
  const upload = await spool.begin();
  try {
    await upload.append(new Uint8Array(1));
    await upload.keep();
  } catch (error) {
    await upload.discard();
    throw error;
  }
  await upload.discard();
}

it.each(['begin', 'append', 'keep', 'discard'] as const)(
  'waits five minutes for the disk to %s, and then says storage',
  async (stalling) => {
    const [clock, { spool }] = [fakeClock(), spoolThatStalls(stalling)];
    let isOver = false;
    const failed = rejectionOf(throughAll(patientSpool(clock, spool))).finally(() => {
      isOver = true;
    });
    await clock.advance(SPOOL_PATIENCE_MS - 1);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await failed).toMatchObject({ code: 'storage', message: expect.stringContaining('300 s') });
    expect(clock.pending()).toBe(0);
  },
);

it('gives the slot back of an upload that begins when nobody waits for it any more', async () => {
  const [clock, { spool, done, goOn }] = [fakeClock(), spoolThatStalls('begin')];
  const failed = rejectionOf(patientSpool(clock, spool).begin());
  await clock.advance(SPOOL_PATIENCE_MS);
  await failed;
  expect(done).toEqual([]);
  goOn();
  await settle();
  expect(done).toEqual(['begin', 'discard']);
});

it('leaves no timer behind where the disk answers', async () => {
  const [clock, { spool, goOn }] = [fakeClock(), spoolThatStalls('keep')];
  const all = throughAll(patientSpool(clock, spool));
  await settle();
  goOn();
  await all;
  expect(clock.pending()).toBe(0);
});
