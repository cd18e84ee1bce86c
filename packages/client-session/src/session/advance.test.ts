import type { RunId } from '@fedops/shared-types';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { advance } from './advance.js';
import type { SessionEvent } from './session-event.js';
import { isActive, type SessionState } from './session-state.js';

const RUN = 'v1' as RunId;
const DIGEST = 'd'.repeat(64);
const IDLE: SessionState = { phase: 'idle', reason: 'not-started', since: 0 };
const LOST = { code: 'unavailable', message: 'gone' } as const;

const at = fc.nat();
const deadline = fc.nat();
const error = fc.constant(LOST);
const nextAttemptAt = fc.nat();
const anEvent: fc.Arbitrary<SessionEvent> = fc.oneof(
  fc.record({ kind: fc.constant('started' as const), at, deadline }),
  fc.record({ kind: fc.constant('connect-began' as const), at }),
  fc.record({ kind: fc.constant('connect-failed' as const), at, error, nextAttemptAt }),
  fc.record({ kind: fc.constant('connected' as const), at, runId: fc.constant(RUN), deadline }),
  fc.record({ kind: fc.constant('connection-lost' as const), at, error, nextAttemptAt, deadline }),
  fc.record({ kind: fc.constant('poll-began' as const), at, deadline }),
  fc.record({
    kind: fc.constant('work-began' as const),
    at,
    work: fc.constantFrom('fit' as const, 'evaluate' as const),
    runId: fc.constant(RUN),
    round: fc.integer({ min: 1, max: 9 }),
    deadline,
  }),
  fc.record({ kind: fc.constant('progressed' as const), at, fraction: fc.double() }),
  fc.record({
    kind: fc.constant('delivery-began' as const),
    at,
    result: fc.constantFrom('update' as const, 'evaluation' as const, 'failure' as const),
  }),
  fc.record({ kind: fc.constant('delivery-failed' as const), at, error }),
  fc.record({ kind: fc.constant('work-ended' as const), at, deadline }),
  fc.record({
    kind: fc.constant('run-finished' as const),
    at,
    runId: fc.constant(RUN),
    version: fc.constant(1),
    digest: fc.constant(DIGEST),
  }),
  fc.record({ kind: fc.constant('failed' as const), at, error }),
  fc.record({ kind: fc.constant('stop-requested' as const), at, reason: fc.constant('told to'), deadline }),
  fc.record({ kind: fc.constant('stopped' as const), at }),
);

/** The phases that may follow one another. */
const NEXT: Readonly<Record<SessionState['phase'], readonly SessionState['phase'][]>> = {
  idle: ['idle', 'connecting'],
  connecting: ['connecting', 'waiting', 'finished', 'failed', 'stopping'],
  waiting: ['waiting', 'connecting', 'fitting', 'evaluating', 'finished', 'failed', 'stopping'],
  fitting: ['fitting', 'connecting', 'uploading', 'waiting', 'finished', 'failed', 'stopping'],
  evaluating: ['evaluating', 'connecting', 'uploading', 'waiting', 'finished', 'failed', 'stopping'],
  uploading: ['uploading', 'connecting', 'waiting', 'finished', 'failed', 'stopping'],
  finished: ['finished', 'connecting'],
  failed: ['failed', 'connecting'],
  stopping: ['stopping', 'idle'],
};

function historyOf(events: readonly SessionEvent[]): readonly SessionState[] {
  const states = [IDLE];
  for (const event of events) states.push(advance(states.at(-1)!, event));
  return states;
}

/** Runs a property over states that any series of events can bring about. */
function always(property: (states: readonly SessionState[], events: readonly SessionEvent[]) => void) {
  fc.assert(
    fc.property(fc.array(anEvent, { maxLength: 60 }), (events) => property(historyOf(events), events)),
    { numRuns: 500 },
  );
}

describe('whatever happens to a session', () => {
  test('its phases follow one another as the table says', () => {
    always((states) => {
      states.slice(1).forEach((state, i) => {
        expect(NEXT[states[i]!.phase]).toContain(state.phase);
      });
    });
  });

  test('every state that waits has a deadline, and a reason or the work that it waits for', () => {
    always((states) => {
      for (const state of states.filter(isActive)) {
        expect(state).toMatchObject({ deadline: expect.any(Number), since: expect.any(Number) });
        expect('reason' in state || 'round' in state).toBe(true);
      }
    });
  });

  test('progress stays between 0 and 1', () => {
    always((states) => {
      for (const state of states) {
        if (!('progress' in state)) continue;
        expect(state.progress).toBeGreaterThanOrEqual(0);
        expect(state.progress).toBeLessThanOrEqual(1);
      }
    });
  });

  test('a state that ended it stays, the very same, until it is started again', () => {
    always((states, events) => {
      events.forEach((event, i) => {
        const before = states[i]!;
        if (!isActive(before) && event.kind !== 'started') expect(states[i + 1]).toBe(before);
      });
    });
  });

  test('it stops once told to: nothing but its end follows', () => {
    always((states, events) => {
      events.forEach((event, i) => {
        const before = states[i]!;
        if (before.phase === 'stopping' && event.kind !== 'stopped') expect(states[i + 1]).toBe(before);
      });
    });
  });

  test('no state is changed in place', () => {
    const frozen = (state: SessionState) => Object.freeze(state);
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 60 }), (events) => {
        let state = frozen(IDLE);
        for (const event of events) state = frozen(advance(state, event));
      }),
    );
  });
});

describe('a session on its way', () => {
  const through = (...events: SessionEvent[]) => historyOf(events).at(-1);
  const started: SessionEvent = { kind: 'started', at: 1, deadline: 100 };
  const connected: SessionEvent = { kind: 'connected', at: 2, runId: RUN, deadline: 50 };
  const work: SessionEvent = { kind: 'work-began', at: 3, work: 'fit', runId: RUN, round: 4, deadline: 90 };
  const sending: SessionEvent = { kind: 'delivery-began', at: 5, result: 'update' };

  test('counts its attempts to connect and keeps the last error', () => {
    const began: SessionEvent = { kind: 'connect-began', at: 1 };
    const failed: SessionEvent = { kind: 'connect-failed', at: 2, error: LOST, nextAttemptAt: 7 };
    expect(through(started, began, failed, began)).toEqual({
      phase: 'connecting',
      reason: 'registering',
      since: 1,
      attempt: 2,
      nextAttemptAt: null,
      deadline: 100,
      lastError: LOST,
    });
  });

  test('counts its attempts to deliver one result, and starts anew with another', () => {
    const failed: SessionEvent = { kind: 'delivery-failed', at: 6, error: LOST };
    expect(through(started, connected, work, sending, failed, sending)).toMatchObject({
      phase: 'uploading',
      since: 5,
      round: 4,
      deadline: 90,
      attempt: 2,
      lastError: LOST,
    });
    const report: SessionEvent = { kind: 'delivery-began', at: 9, result: 'failure' };
    expect(through(started, connected, work, sending, failed, report)).toMatchObject({
      since: 9,
      result: 'failure',
      attempt: 1,
      lastError: null,
    });
  });

  test('passes over steps of progress that nobody can see, but never the last', () => {
    const fitting = through(started, connected, work)!;
    const after = (fraction: number) => advance(fitting, { kind: 'progressed', at: 4, fraction });
    expect(after(0.001)).toBe(fitting);
    expect(after(Number.NaN)).toBe(fitting);
    expect(after(0.5)).toMatchObject({ progress: 0.5 });
    expect(advance(after(0.999), { kind: 'progressed', at: 5, fraction: 1 })).toMatchObject({ progress: 1 });
  });
});
