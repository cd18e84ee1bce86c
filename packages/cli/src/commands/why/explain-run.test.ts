import { type ManagedRun, type ManagedRunState, RunSettingsSchema, type RunView } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { explainRun } from './explain-run.js';
import { whyText } from './why-text.js';

const since = '2026-11-24T12:00:00.000Z';
const deadline = '2026-11-24T12:30:00.000Z';
const now = Date.parse('2026-11-24T12:10:00.000Z');

function aRun(state: ManagedRunState, more: Partial<ManagedRun> = {}): ManagedRun {
  return {
    runId: 'r7' as never,
    taskId: 'mnist' as never,
    settings: RunSettingsSchema.parse({ quorum: 2, serverRestarts: 3 }),
    baseVersion: 0,
    startedBy: 'operator',
    createdAt: since,
    restarts: 0,
    state,
    ...more,
  };
}

const running = aRun({
  status: 'running',
  since,
  deadline,
  url: 'http://127.0.0.1:8080',
  port: 8080,
  pid: 1,
});

function aView(state: Partial<RunView['state']>, openRound: Partial<RunView['openRound']> = {}): RunView {
  return {
    taskId: 'mnist',
    runId: 'r7',
    round: 2,
    rounds: 3,
    baseVersion: 0,
    nextVersion: 1,
    state: {
      phase: 'fitting',
      reason: 'updates',
      explanation: 'it waits',
      since,
      deadline,
      waitingFor: [],
      ...state,
    },
    clients: [{ clientId: 'a', name: null, connection: 'connected', lastSeen: since, activity: null }],
    openRound: {
      round: 2,
      attempt: 1,
      clientsNeeded: 2,
      quorum: 2,
      asked: ['a', 'b'],
      updates: [],
      evaluations: [],
      failures: [],
      centralEvaluation: { status: 'none' },
      ...openRound,
    },
    history: [],
    published: null,
  } as unknown as RunView;
}

it.each<[string, ManagedRun, string, RegExp]>([
  [
    'an FL server that starts',
    aRun({ status: 'starting', since, deadline }),
    'server-starts',
    /fedops run log r7/,
  ],
  [
    'an FL server that starts again after a crash',
    aRun({ status: 'starting', since, deadline }, { restarts: 1 }),
    'server-starts-again',
    /fedops run log r7/,
  ],
  [
    'a run that stands still',
    aRun({
      status: 'suspended',
      since,
      deadline,
      reason: 'storage',
      message: 'the run stands still: the disk is full',
      attempt: 3,
      attempts: 30,
    }),
    'storage',
    /Make room/,
  ],
  [
    'a run that stops',
    aRun({ status: 'stopping', since, deadline, message: 'enough' }),
    'stopping',
    /over soon/,
  ],
  [
    'a run that published',
    aRun({ status: 'published', since, version: 4, digest: 'a'.repeat(64) as never }),
    'published',
    /fedops model get mnist 4/,
  ],
  ...(
    [
      ['too-few-clients', /--min-clients/],
      ['quorum-not-met', /--quorum, now 2/],
      ['no-valid-update', /fitMs, now 1800000 ms/],
      ['server-crashed', /--server-restarts/],
      ['server-not-ready', /fedops doctor/],
      ['run-too-long', /runMs, now 86400000 ms/],
      ['stopped', /fedops run start mnist/],
      ['storage', /disk/],
      ['something-new', /fedops run log r7/],
    ] as const
  ).map(
    ([reason, advice]) =>
      [
        `a run that failed: ${reason}`,
        aRun({ status: 'failed', since, reason, message: 'so it is' }),
        reason,
        advice,
      ] as [string, ManagedRun, string, RegExp],
  ),
])('explains %s, since when, and says what to do', (_what, run, reason, advice) => {
  const explained = explainRun({ run, within: undefined, devices: [], now });
  expect(explained).toMatchObject({ runId: 'r7', taskId: 'mnist', status: run.state.status, reason, since });
  expect(explained.advice.join('\n')).toMatch(advice);
  expect(explained.until === null).toBe('deadline' in run.state === false);
  expect(whyText(explained, now)).toMatch(
    /^Run r7 of task mnist: .*\nsince {5}2026-11-24 12:00:00 UTC \(10 min\)\n/,
  );
});

it('says for whom it waits, until when, what happens then, and who of them is not connected', () => {
  const within = aView({ waitingFor: ['a', 'b'] as never });

  const text = whyText(explainRun({ run: running, within, devices: [], now }), now);

  expect(text.split('\n')).toEqual([
    'Run r7 of task mnist: round 2 of 3: it waits.',
    'since     2026-11-24 12:00:00 UTC (10 min)',
    'for       a, b',
    'until     2026-11-24 12:30:00 UTC (20 min left); then the round fails, unless 2 more updates come',
    'what to do  Not connected: b. Look at their process and their network.',
  ]);
});

it.each<[string, RunView, RegExp]>([
  ['enough updates', aView({}, { updates: [{}, {}] as never }), /goes on with the 2 updates/],
  ['an evaluation', aView({ phase: 'evaluating' }), /closes with the evaluations/],
  ['clients to come', aView({ phase: 'waiting-for-clients' }), /the round fails/],
])('says what happens at the deadline: %s', (_what, within, atDeadline) => {
  expect(explainRun({ run: running, within, devices: [], now }).atDeadline).toMatch(atDeadline);
});

it('lists devices that are not there while it waits for clients', () => {
  const device = (deviceId: string, state: 'online' | 'offline') => ({
    deviceId,
    presence: { state, since, left: false },
    activity: { kind: 'idle' },
  });
  const devices = [device('a', 'online'), device('b', 'offline')] as never;

  const { advice } = explainRun({
    run: running,
    within: aView({ phase: 'waiting-for-clients' }),
    devices,
    now,
  });

  expect(advice).toEqual([
    'Start more clients: 2 devices have enrolled, 1 of them are ready.',
    'Device b: offline since 2026-11-24 12:00:00 UTC (10 min), idle',
  ]);
});

it('says that the FL server cannot be reached where it should answer', () => {
  const explained = explainRun({ run: running, within: 'unreachable', devices: [], now });
  expect(explained).toMatchObject({ reason: 'server-unreachable', until: deadline });
  expect(explained.explanation).toContain('http://127.0.0.1:8080');
});

it('lets no word of another machine steer the terminal', () => {
  const within = aView({ waitingFor: ['\u001b[2J'] as never });
  expect(whyText(explainRun({ run: running, within, devices: [], now }), now)).not.toContain('\u001b');
});
