import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { codeThrownBy, rejectionOf } from '../../test/error-code.js';
import { type FakeClock, fakeClock, settle } from '../../test/fake-clock.js';
import { aModel, anUpdate, aPlan, id, START } from '../../test/run-samples.js';
import type { Clock } from '../clock.js';
import { type Journal, volatileJournal } from '../journal/journal.js';
import { beginRun } from '../run/advance.js';
import type { RunState } from '../run/run-state.js';
import { createRunLoop, isWaiting, phaseOf } from './run-loop.js';

const connected = { kind: 'connected-changed', connected: [id('a'), id('b')] } as const;
const updateOf = (client: string) => ({ kind: 'fit-received', round: 1, update: anUpdate(client) }) as const;

function aLoop({ plan = aPlan(), clock = fakeClock(START) as Clock, journal = volatileJournal } = {}) {
  const loop = createRunLoop({ clock, journal }, plan, beginRun(plan, aModel(), START));
  const phases: string[] = [];
  loop.onPhase((state) => phases.push(phaseOf(state)));
  return { loop, phases };
}

/** A journal whose records become durable when the test says so. */
function slowJournal() {
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const kinds: string[] = [];
  const journal: Journal = {
    append: (record) =>
      new Promise((resolve, reject) => {
        kinds.push(record.kind === 'event' ? record.event.kind : record.kind);
        waiting.push({ resolve, reject });
      }),
    close: async () => {},
  };
  return {
    journal,
    kinds,
    flush: () => waiting.shift()?.resolve(),
    fail: (error: Error) => waiting.shift()?.reject(error),
  };
}

describe('the run loop', () => {
  it('lets deadlines pass by itself, phase after phase', async () => {
    const clock = fakeClock(START);
    const { loop, phases } = aLoop({
      clock,
      plan: aPlan({ policy: { retries: 1, waitForClientsMs: 1_000 } }),
    });
    await clock.advance(999);
    expect(phases).toEqual([]);
    await clock.advance(1);
    expect(phases).toEqual(['1/1/waiting-for-clients']);
    await clock.advance(1_000);
    expect(loop.state()).toMatchObject({ phase: 'failed', reason: 'too-few-clients' });
    expect(clock.pending()).toBe(0);
  });

  it('decides at once what follows in a phase that begins, and no more while the phase lasts', async () => {
    const [clock, { journal, kinds, flush }] = [fakeClock(START), slowJournal()];
    const phasesAsked: string[] = [];
    const plan = aPlan({ policy: { retries: 1, waitForClientsMs: 1_000 } });
    const parts = {
      clock,
      journal,
      following(state: RunState) {
        phasesAsked.push(phaseOf(state));
        return isWaiting(state) ? connected : undefined;
      },
    };
    const loop = createRunLoop(parts, plan, beginRun(plan, aModel(), START));
    await loop.dispatch({ kind: 'connected-changed', connected: [id('a')] });
    await clock.advance(1_000);
    // Both are on their way to the disk before either is there.
    expect(kinds).toEqual(['deadline-passed', 'connected-changed']);
    flush();
    await settle();
    expect(phaseOf(loop.state())).toBe('1/1/waiting-for-clients');
    flush();
    await settle();
    expect(phaseOf(loop.state())).toBe('1/1/fitting');
    expect(phasesAsked).toEqual(['1/1/waiting-for-clients', '1/1/fitting']);
  });

  it('gives each phase its own time', async () => {
    const clock = fakeClock(START);
    const { loop } = aLoop({ clock });
    await clock.advance(900);
    await loop.dispatch(connected);
    await clock.advance(1_999);
    expect(phaseOf(loop.state())).toBe('1/0/fitting');
    await clock.advance(1);
    expect(loop.state().phase).toBe('failed');
  });

  it('does not lose a deadline whose timer fires a little early', async () => {
    const clock = fakeClock(START);
    const hasty: Clock = {
      now: clock.now,
      after: (ms, callback) => clock.after(Math.max(0, ms - (ms > 1 ? 1 : 0)), callback),
    };
    const { loop } = aLoop({ clock: hasty });
    await clock.advance(1_000);
    expect(loop.state()).toMatchObject({ phase: 'failed', reason: 'too-few-clients' });
  });

  it('tells of new phases only', async () => {
    const { loop, phases } = aLoop({ plan: aPlan({ selection: { minConnected: 2 } }) });
    await loop.dispatch({ kind: 'connected-changed', connected: [id('a')] });
    await loop.dispatch(connected);
    await loop.dispatch(updateOf('a'));
    await loop.dispatch(updateOf('b'));
    expect(phases).toEqual(['1/0/fitting', '1/0/aggregating']);
  });

  it('says whether an event changed anything, and throws for what is not wanted', async () => {
    const { loop } = aLoop();
    await loop.dispatch(connected);
    expect([await loop.dispatch(updateOf('a')), await loop.dispatch(updateOf('a'))]).toEqual([true, false]);
    expect((await rejectionOf(loop.dispatch(updateOf('stranger')))).code).toBe('stale-round');
    expect(phaseOf(loop.state())).toBe('1/0/fitting');
  });

  it('shows nothing that is not durable, and answers a repetition no sooner than the first', async () => {
    const { journal, flush } = slowJournal();
    const { loop } = aLoop({ journal });
    const opening = loop.dispatch(connected);
    await settle();
    expect(phaseOf(loop.state())).toBe('1/0/waiting-for-clients');
    flush();
    await opening;
    expect(phaseOf(loop.state())).toBe('1/0/fitting');
    const answers: string[] = [];
    const first = loop.dispatch(updateOf('a')).then(() => answers.push('first'));
    const again = loop.dispatch(updateOf('a')).then(() => answers.push('again'));
    await settle();
    expect(answers).toEqual([]);
    flush();
    await Promise.all([first, again]);
    expect(answers).toEqual(['first', 'again']);
  });

  it('journals who is connected only where that opens a round', async () => {
    const { journal, kinds, flush } = slowJournal();
    const { loop } = aLoop({ journal });
    await loop.dispatch({ kind: 'connected-changed', connected: [id('a')] });
    expect(kinds).toEqual([]);
    const opening = loop.dispatch(connected);
    flush();
    await opening;
    expect(kinds).toEqual(['connected-changed']);
  });

  it('stands still when the journal fails: nothing is shown, nothing is taken, no deadline passes', async () => {
    const clock: FakeClock = fakeClock(START);
    const { journal, fail } = slowJournal();
    const { loop, phases } = aLoop({ journal, clock });
    const suspended: string[] = [];
    loop.onSuspended(({ code }) => suspended.push(code));
    const opening = rejectionOf(loop.dispatch(connected));
    fail(new FedOpsError('storage', 'the disk is full'));
    expect((await opening).code).toBe('storage');
    expect(suspended).toEqual(['storage']);
    expect((await rejectionOf(loop.dispatch(connected))).code).toBe('storage');
    await clock.advance(100_000);
    expect([phases, phaseOf(loop.state())]).toEqual([[], '1/0/waiting-for-clients']);
    expect(
      codeThrownBy(() => {
        throw loop.suspension();
      }),
    ).toBe('storage');
  });

  it('that stands still keeps what was on its way to the disk, and leaves it to the restart to go on from there', async () => {
    const clock = fakeClock(START);
    const { journal, flush } = slowJournal();
    const { loop, phases } = aLoop({ journal, clock });
    const opening = loop.dispatch(connected);
    loop.suspend(new FedOpsError('storage', 'the disk is full'));
    flush();
    expect(await opening).toBe(true);
    expect([phases, phaseOf(loop.state())]).toEqual([[], '1/0/waiting-for-clients']);
    expect(clock.pending()).toBe(0);
    expect((await rejectionOf(loop.dispatch(updateOf('a')))).code).toBe('storage');
  });

  it('lets go of its timer when it is closed', () => {
    const clock = fakeClock(START);
    aLoop({ clock }).loop.close();
    expect(clock.pending()).toBe(0);
  });
});
