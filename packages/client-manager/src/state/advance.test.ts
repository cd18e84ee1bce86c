import type { RunId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import type { ClientReport, SessionReport } from '../client/client-report.js';
import { keptOf, NOTHING_KEPT, parseStateFile, stateFileText } from '../keep/kept.js';
import { advance } from './advance.js';
import { firstState } from './first-state.js';
import type { ManagerEvent } from './manager-event.js';
import type { ManagerState } from './manager-state.js';
import type { Run } from './run.js';
import { stateViewOf } from './state-view.js';

const LIMITS = {
  clientLeaseMs: 30_000,
  startWithinMs: 120_000,
  trainWithinMs: 3_600_000,
  runEndGraceMs: 60_000,
  reportForMs: 600_000,
};
const AWAY = { code: 'unavailable', message: 'no connection' } as const;
const RUN: Run = {
  key: 'run-1',
  runId: 'run-1' as RunId,
  version: 3,
  serverUrl: 'http://127.0.0.1:9',
  flowerAddress: null,
};

/** Without its time, which grows from event to event. */
type Event = ManagerEvent extends infer E
  ? E extends ManagerEvent
    ? Omit<E, 'at'> & { at?: number }
    : never
  : never;

const aSession = (session: Partial<SessionReport> = {}): SessionReport => ({
  phase: 'idle',
  reason: 'not-started',
  since: 'a',
  progress: null,
  error: null,
  ...session,
});

const aReport = (report: Partial<ClientReport> = {}): ClientReport => ({
  taskId: 'mnist',
  mac: null,
  name: null,
  isTraining: false,
  hasFailed: false,
  version: 0,
  session: aSession(),
  signature: null,
  ...report,
});

const answered = (report: Partial<ClientReport> = {}, askedAt = 1e9): Event => ({
  kind: 'client-answered',
  askedAt,
  report: aReport(report),
  nextLookAt: 0,
});
const trains = answered({
  isTraining: true,
  version: 3,
  session: aSession({ phase: 'fitting', since: 'b' }),
});
const began: Event = { kind: 'start-began', baseline: { stateSince: 'a', hasFailed: false, version: 0 } };

function after(...events: Event[]): ManagerState {
  let at = 0;
  return events.reduce<ManagerState>(
    (state, event) => {
      at = event.at ?? at + 1;
      return advance(state, { ...event, at } as ManagerEvent, LIMITS);
    },
    firstState(NOTHING_KEPT, 0, LIMITS),
  );
}

const REGISTERED: Event[] = [answered(), { kind: 'registered', taskId: 'mnist', api: 'v1' }];
const OFFERED: Event[] = [...REGISTERED, { kind: 'run-offered', run: RUN }];
const TRAINING: Event[] = [...OFFERED, began, { kind: 'start-answered' }];
const finish: Event = { kind: 'train-ended', end: { state: 'train-finished' }, runId: null };

describe('a client that trains for ever in a run that goes on', () => {
  const LIMIT = LIMITS.trainWithinMs;
  const answeredAt = (at: number): Event => ({ ...trains, at });

  it('has until the training limit, however often it answers', () => {
    expect(after(...TRAINING, answeredAt(LIMIT - 1))).toMatchObject({
      phase: 'training',
      deadline: LIMIT + TRAINING.length,
    });
  });

  it('counts as failed and is told to stop once the limit is over', () => {
    const training = [...TRAINING, answeredAt(LIMIT - 1)];
    const over = LIMIT + TRAINING.length;
    expect(after(...training, { kind: 'time-passed', at: over - 1 }).phase).toBe('training');
    expect(after(...training, { kind: 'time-passed', at: over })).toMatchObject({
      phase: 'reporting',
      stopsClient: true,
      end: { state: 'train-failed', reason: { code: 'deadline-exceeded' } },
    });
  });
});

describe('a manager without a run', () => {
  it.each([
    [[], 'seeking-client', 'not-asked-yet'],
    [[{ kind: 'client-silent', error: AWAY, nextLookAt: 9 }], 'seeking-client', 'client-unreachable'],
    [
      [{ kind: 'client-silent', error: { code: 'bad-response', message: 'HTML' }, nextLookAt: 9 }],
      'seeking-client',
      'client-unclear',
    ],
    [[answered()], 'registering', 'not-asked-yet'],
    [
      [answered(), { kind: 'registration-failed', error: AWAY, nextAttemptAt: 9 }],
      'registering',
      'server-manager-unreachable',
    ],
    [REGISTERED, 'waiting', 'no-run'],
    [
      [...REGISTERED, { kind: 'server-manager-silent', error: AWAY }],
      'waiting',
      'server-manager-unreachable',
    ],
    [[...REGISTERED, { kind: 'forgotten', error: AWAY }], 'registering', 'server-manager-unreachable'],
    [[...REGISTERED, trains], 'waiting', 'client-busy'],
    [[...REGISTERED, answered({ taskId: 'birds' })], 'registering', 'not-asked-yet'],
  ] as [Event[], string, string][])('after %j is %s: %s', (events, phase, reason) => {
    expect(after(...events)).toMatchObject({ phase, reason });
  });

  it('keeps since when it has been so', () => {
    const state = after({ ...answered(), at: 5 }, { ...answered(), at: 50 });
    expect(state).toMatchObject({ phase: 'registering', since: 5 });
  });

  it('takes no offer while there is no client', () => {
    const left: Event = { kind: 'client-left' };
    expect(after(...REGISTERED, left, { kind: 'run-offered', run: RUN }).phase).toBe('seeking-client');
  });
});

describe('a manager that starts its client', () => {
  it('takes an answer for a start', () => {
    expect(after(...TRAINING)).toMatchObject({ phase: 'training', run: RUN });
  });

  it('takes no look for one that was sent while the start is under way', () => {
    expect(after(...OFFERED, began, trains)).toMatchObject({ phase: 'starting', reason: 'asking-client' });
  });

  it('learns by a look what came of a start without an answer', () => {
    const unclear: Event = { kind: 'start-failed', error: AWAY, outcome: 'unclear', nextAttemptAt: 99 };
    const finished = answered({ version: 3, session: aSession({ phase: 'finished', since: 'c' }) });
    expect(after(...OFFERED, began, unclear, trains).phase).toBe('training');
    expect(after(...OFFERED, began, unclear, finished)).toMatchObject({ phase: 'reporting' });
    expect(after(...OFFERED, began, unclear, answered()).phase).toBe('starting');
  });

  it('does not take a busy client for its own where no start can have been heard', () => {
    const unheard: Event = { kind: 'start-failed', error: AWAY, outcome: 'unheard', nextAttemptAt: 99 };
    const elsewhere = answered({ isTraining: true, version: 8, session: aSession({ since: 'b' }) });
    expect(after(...OFFERED, began, unheard, elsewhere).phase).toBe('starting');
  });

  it('gives up at its deadline, with the last error as the reason', () => {
    const unheard: Event = { kind: 'start-failed', error: AWAY, outcome: 'unheard', nextAttemptAt: 99 };
    const state = after(...OFFERED, began, unheard, { kind: 'time-passed', at: 200_000 });
    expect(state).toMatchObject({ phase: 'reporting', end: { state: 'train-failed', reason: AWAY } });
  });

  it('lets go of a run that is over', () => {
    expect(after(...OFFERED, { kind: 'run-over', key: 'run-0' }).phase).toBe('starting');
    expect(after(...OFFERED, { kind: 'run-over', key: 'run-1' }).phase).toBe('waiting');
  });
});

describe('a manager whose client trains', () => {
  it('does not end it by a look that was sent before the start was answered', () => {
    expect(after(...TRAINING, answered({}, 3)).phase).toBe('training');
    expect(after(...TRAINING, answered({}, 100)).phase).toBe('reporting');
  });

  it('lets its lease be renewed by answers alone', () => {
    const silent: Event = { kind: 'client-silent', error: AWAY, nextLookAt: 0, at: 20_000 };
    const passed = (at: number): Event => ({ kind: 'time-passed', at });
    expect(after(...TRAINING, silent, passed(29_000))).toMatchObject({
      phase: 'training',
      reason: 'client-silent',
    });
    expect(after(...TRAINING, silent, passed(31_000)).phase).toBe('reporting');
    expect(after(...TRAINING, silent, { ...trains, at: 25_000 }, passed(31_000)).phase).toBe('training');
  });

  it('ends its part once, however often it is told', () => {
    const once = after(...TRAINING, { ...answered(), askedAt: 0 } as Event, finish);
    const fail: Event = { kind: 'train-ended', end: { state: 'out' }, runId: null };
    const twice = after(...TRAINING, { ...answered(), askedAt: 0 } as Event, finish, finish, fail);
    expect(once).toMatchObject({ phase: 'reporting', end: { state: 'train-finished' } });
    expect(twice).toEqual(once);
  });

  it('is not ended by a word about another run', () => {
    expect(after(...TRAINING, { ...finish, runId: 'run-0' } as Event).phase).toBe('training');
  });

  it('is not offered the same run again after its end', () => {
    const done: Event[] = [...TRAINING, answered(), { kind: 'reported' }];
    expect(after(...done)).toMatchObject({ phase: 'waiting', reason: 'part-done' });
    expect(after(...done, { kind: 'run-offered', run: RUN }).phase).toBe('waiting');
    expect(after(...done, { kind: 'run-offered', run: { ...RUN, key: 'run-2' } }).phase).toBe('starting');
  });
});

const STATES: [string, Event[]][] = [
  ['seeking-client', []],
  ['registering', [answered()]],
  ['waiting', REGISTERED],
  ['starting', OFFERED],
  ['starting', [...OFFERED, began]],
  ['training', TRAINING],
  ['reporting', [...TRAINING, answered()]],
];

describe.each(STATES)('the state %s', (phase, events) => {
  it('says why, since when and until when', () => {
    const view = stateViewOf(after(...events));
    expect(view.phase).toBe(phase);
    expect(view.message).not.toBe(view.reason);
    expect(Date.parse(view.since)).not.toBeNaN();
    expect(Date.parse(view.deadline)).not.toBeNaN();
  });

  it('comes back from its file with the part that it had', () => {
    const state = after(...events);
    const kept = parseStateFile(stateFileText(keptOf(state)), 'state.json');
    const back = firstState(kept, 500, LIMITS);
    expect(keptOf(back)).toEqual(keptOf(state));
    expect('run' in back).toBe('run' in state);
  });
});

it('counts a start that was under way as perhaps heard, once it comes back', () => {
  const kept = keptOf(after(...OFFERED, began));
  expect(firstState(kept, 500, LIMITS)).toMatchObject({ phase: 'starting', isPerhapsHeard: true });
});
