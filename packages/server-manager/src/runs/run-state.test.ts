import type { RunId, TaskId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { draft } from '../store/compliance/sample-rows.js';
import type { StoredRun } from '../store/store.js';
import { advanceRun, foundAgain, MOST_STANDSTILLS, type RunEvent } from './run-state.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FULL = { kind: 'suspended', reason: 'storage', message: 'the disk is full' } as const;

type Timeless = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

/** A run whose FL server stands still after each start, as often as it is started. */
function standingStill() {
  let run = aRun();
  let now = 0;
  const take = (event: Timeless) => {
    run = advanceRun(run, { ...event, at: now } as RunEvent);
    return run;
  };
  return {
    run: () => run,
    take,
    pass: (ms: number) => {
      now += ms;
    },
    /** How long the run waits after this standstill; undefined where it does not. */
    pause(): number | undefined {
      const { state } = take({ kind: 'server-ended', end: FULL });
      return state.status === 'suspended' ? Date.parse(state.deadline) - now : undefined;
    },
    startAgain: () => take({ kind: 'deadline-passed' }),
  };
}

function aRun(): StoredRun {
  return { ...draft('mnist' as TaskId, 1), runId: 'r1' as RunId };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const ready = { kind: 'server-ready', url: 'http://127.0.0.1:1', port: 1, pid: 1 } as const;

describe('a run whose FL server stands still', () => {
  it('is started again after pauses that double up to an hour, and fails with the reason when they are used up', () => {
    const still = standingStill();
    const pauses: number[] = [];
    for (let pause = still.pause(); pause !== undefined; pause = still.pause()) {
      pauses.push(pause / MINUTE_MS);
      expect(still.startAgain().state.status).toBe('starting');
    }
    expect(pauses).toHaveLength(MOST_STANDSTILLS);
    expect(pauses.slice(0, 9)).toEqual([0.5, 1, 2, 4, 8, 16, 32, 60, 60]);
    expect(still.run()).toMatchObject({ restarts: 0, state: { status: 'failed', reason: 'storage' } });
  });

  it('counts from the first where its FL server has worked for an hour before', () => {
    const still = standingStill();
    const pauses = [0, HOUR_MS - 1, HOUR_MS].map((worked) => {
      still.take(ready);
      still.pass(worked);
      const pause = still.pause();
      still.startAgain();
      return pause;
    });
    expect(pauses).toEqual([30_000, 60_000, 30_000]);
  });

  it('fails at once where it is stopped, and where it was told to stop before', () => {
    const [asleep, awake] = [standingStill(), standingStill()];
    asleep.pause();
    asleep.take({ kind: 'stop-asked', message: 'enough' });
    awake.take({ kind: 'stop-asked', message: 'enough' });
    awake.pause();
    for (const { run } of [asleep, awake])
      expect(run().state).toMatchObject({ status: 'failed', reason: 'stopped', message: 'enough' });
  });

  it('waits no longer than an hour where its manager comes back with another time', () => {
    const still = standingStill();
    still.pause();
    const { state } = foundAgain(still.run(), -10 * HOUR_MS);
    expect(state).toMatchObject({ status: 'suspended', deadline: iso(-9 * HOUR_MS) });
  });
});
