import { type ClientId, FedOpsError } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRunLoop, isWaiting, type UntimedEvent } from '../src/engine/run-loop.js';
import { JOURNAL_PATIENCE_MS, patientJournal } from '../src/journal/patient-journal.js';
import { beginRun } from '../src/run/advance.js';
import type { RunPlan } from '../src/run/run-plan.js';
import { deadlineOf, type RunState } from '../src/run/run-state.js';
import { fakeClock, settle } from './fake-clock.js';
import { anyPlan, anySteps } from './random-run.js';
import { aModel, id, START } from './run-samples.js';
import { anyFates, type Fate, unreliableJournal } from './unreliable-journal.js';

interface RandomLoop {
  readonly plan: RunPlan;
  readonly steps: typeof anySteps extends fc.Arbitrary<infer S> ? S : never;
  readonly fates: readonly Fate[];
  /** Clients that every round finds when it begins. */
  readonly there: readonly ClientId[];
}

const anyLoop: fc.Arbitrary<RandomLoop> = fc.record({
  plan: anyPlan,
  steps: anySteps,
  fates: anyFates,
  there: fc.subarray(['a', 'b', 'c'].map(id)),
});

/** What a loop came to after everything has happened to it, and then nothing but time has passed. */
async function outcomeOf({ plan, steps, fates, there }: RandomLoop) {
  const clock = fakeClock(START);
  const journal = patientJournal(clock, unreliableJournal(clock, fates));
  const following = (state: RunState) =>
    isWaiting(state) ? ({ kind: 'connected-changed', connected: there } as const) : undefined;
  const loop = createRunLoop({ clock, journal, following }, plan, beginRun(plan, aModel(), START));
  const suspensions: string[] = [];
  loop.onSuspended(({ message }) => suspensions.push(message));
  const waits: number[] = [];
  const refusals = new Set<string>();
  let unanswered = 0;

  function dispatch(event: UntimedEvent): void {
    const since = clock.now();
    unanswered += 1;
    loop
      .dispatch(event)
      .catch((error: unknown) => refusals.add(FedOpsError.from(error).code))
      .finally(() => {
        unanswered -= 1;
        waits.push(clock.now() - since);
      });
  }

  for (const { happening, who, ms } of steps) {
    const event = happening(loop.state(), who);
    if (event !== undefined) dispatch(event as UntimedEvent);
    await clock.advance(ms);
    expect(deadlineOf(loop.state()) === undefined || isWatched()).toBe(true);
  }

  /** Either the state's deadline is to come, or the journal is asked for what follows it, or the loop says why not. */
  function isWatched(): boolean {
    return loop.suspension() !== undefined || clock.pending() > 0;
  }

  const { policy, rounds } = plan;
  const { waitForClientsMs, fitMs, lateUpdatesMs, aggregateMs, evaluateMs, publishMs } = policy;
  const attemptMs = waitForClientsMs + fitMs + lateUpdatesMs + aggregateMs + evaluateMs;
  const attempts = rounds * (policy.retries + 1);
  // Each phase may wait for the journal besides.
  await clock.advance(attempts * (attemptMs + 5 * JOURNAL_PATIENCE_MS) + publishMs + JOURNAL_PATIENCE_MS);
  await settle();
  const end = loop.suspension() === undefined ? loop.state().phase : 'suspended';
  return { end, suspensions, waits, refusals, unanswered, timers: clock.pending(), loop };
}

it('whatever happens and whatever the journal does, a run ends or stands still with its reason, and all are answered', async () => {
  await fc.assert(
    fc.asyncProperty(anyLoop, async (random) => {
      const { end, suspensions, waits, refusals, unanswered, timers, loop } = await outcomeOf(random);
      expect(['finished', 'failed', 'suspended']).toContain(end);
      expect(suspensions).toEqual(end === 'suspended' ? [loop.suspension()?.message] : []);
      expect([undefined, 'storage']).toContain(loop.suspension()?.code);
      expect(unanswered).toBe(0);
      expect(Math.max(0, ...waits)).toBeLessThanOrEqual(JOURNAL_PATIENCE_MS);
      expect(['stale-round', 'conflict', 'storage']).toEqual(expect.arrayContaining([...refusals]));
      expect(timers).toBe(0);
    }),
    { numRuns: 150 },
  );
}, 300_000);

it('random loops come to every end, also behind a journal that is slow, refuses or falls silent', async () => {
  const ends = new Set<string>();
  await fc.assert(
    fc.asyncProperty(anyLoop, async (random) => {
      const { end, suspensions, waits } = await outcomeOf(random);
      ends.add([end, ...suspensions].join(': '));
      if (end === 'finished' && Math.max(0, ...waits) > 0) ends.add('finished behind a slow journal');
    }),
    { numRuns: 300, seed: 1 },
  );
  expect([...ends].toSorted()).toEqual([
    'failed',
    'finished',
    'finished behind a slow journal',
    'suspended: journal: a record was not written within 30 s',
    'suspended: the disk is full',
  ]);
}, 300_000);
