import { describe, expect, test } from '@jest/globals';
import type { DemoEvent } from '../src/federation/demo-state.js';
import type { SessionSeen } from '../src/federation/device-seen.js';
import { clientLine } from '../src/view/client-line.js';
import { bar, percent, seconds } from '../src/view/figures.js';
import { frame } from '../src/view/frame.js';
import { createPlainScreen } from '../src/view/plain-screen.js';
import { roundLines } from '../src/view/round-line.js';
import { runLine } from '../src/view/run-line.js';
import {
  A_DIGEST,
  aDevice,
  aPart,
  aRecord,
  aRunState,
  aSession,
  calls,
  clientId,
  stateAfter,
} from './samples.js';

const NOW = Date.parse('2026-01-01T00:00:30.000Z');
const one = clientId('client-1');

test('figures are short', () => {
  expect([percent(0.93406), seconds(4.26)]).toEqual(['93.41 %', '4.3 s']);
});

test.each([
  [undefined, '    '],
  [0, '░░░░'],
  [0.5, '██░░'],
  [1, '████'],
  [7, '████'],
])('a bar of %s', (fraction, text) => {
  expect(bar(fraction, 4)).toBe(text);
});

describe('a round in lines', () => {
  test('says how good its model is, who took part and how long it took', () => {
    expect(roundLines(aRecord())).toEqual(['round 1: accuracy 93.40 %, loss 0.2500, 2 clients, 4.3 s']);
  });

  test('names who failed and why', () => {
    const failures = [{ clientId: one, work: 'fit', code: 'unavailable', message: 'not heard' }] as const;

    expect(roundLines(aRecord({ failures: [...failures] })).at(1)).toBe(
      '  without client-1: unavailable, not heard',
    );
  });

  test('says why it failed', () => {
    const outcome = { kind: 'failed', reason: 'quorum-not-met', message: '0 of 2 updates came' } as const;

    expect(roundLines(aRecord({ outcome, seconds: 9 }))).toEqual([
      'round 1: failed: 0 of 2 updates came, 9.0 s',
    ]);
  });
});

test('the run says why it waits, for whom and how long at most', () => {
  expect(runLine(aRunState({ waitingFor: [one] }), NOW)).toBe(
    'fitting: round 1: 1 of 2 updates are in; waits for client-1, 570 s at most',
  );
});

test('the run names a few of many it waits for', () => {
  const waitingFor = [1, 2, 3, 4, 5, 6].map((n) => clientId(`c${n}`));

  expect(runLine(aRunState({ waitingFor, deadline: null }), NOW)).toMatch(
    /waits for c1, c2, c3, c4 and 2 more$/,
  );
});

describe('a client in a line', () => {
  const line = (...events: DemoEvent[]) => clientLine(one, stateAfter(...events));
  const seen = (session: SessionSeen): DemoEvent => ({ kind: 'session', clientId: one, session });
  const lost: DemoEvent = { kind: 'client-lost', clientId: one, how: 'client-1 was ended by SIGKILL' };

  test('shows how far it is with its work', () => {
    expect(line(seen(aSession('fitting', { round: 2, progress: 0.5 })))).toBe(
      'client-1 ▕██████████░░░░░░░░░░▏ fitting, round 2',
    );
  });

  test('says why it waits', () => {
    expect(line(seen(aSession('waiting', { reason: 'no-instruction-yet' })))).toContain(
      'waiting: no-instruction-yet',
    );
  });

  test('says what went wrong', () => {
    const error = { code: 'unavailable', message: 'nobody answers' };

    expect(line(seen(aSession('connecting', { error })))).toContain('connecting: nobody answers');
  });

  test('says what its manager is at while it does nothing itself', () => {
    const device: DemoEvent = { kind: 'device', clientId: one, device: aDevice() };

    expect(line()).toContain('starting');
    expect(line(device, seen(aSession('idle')))).toContain('no FL server waits for clients');
    expect(line(device, seen(aSession('finished')))).toBe(
      'client-1 ▕████████████████████▏ no FL server waits for clients',
    );
  });

  test('says how its process ended, whatever was seen before', () => {
    expect(line(seen(aSession('fitting', { progress: 0.5 })), lost)).toMatch(
      /▕ +▏ client-1 was ended by SIGKILL$/,
    );
    const back: DemoEvent = { kind: 'client-back', clientId: one };
    expect(line(lost, back, seen(aSession('locating')))).toContain('locating');
  });
});

test('a frame has the run and a bar for each client', () => {
  const lines = frame(stateAfter({ kind: 'run-state', state: aRunState() }), NOW);

  expect(lines).toHaveLength(4);
  expect(lines.slice(2).map((line) => line.slice(0, 8))).toEqual(['client-1', 'client-2']);
});

describe('plain lines', () => {
  function written(...events: DemoEvent[]): string {
    let text = '';
    const screen = createPlainScreen(
      (more) => {
        text += more;
      },
      () => NOW,
    );
    events.forEach((event, i) => {
      screen.show(event, stateAfter(...events.slice(0, i + 1)), stateAfter(...events.slice(0, i)));
    });
    return text;
  }

  test('come once for each thing that the run does', () => {
    const state = aRunState();

    expect(
      written({ kind: 'run-state', state }, { kind: 'run-state', state: { ...state, waitingFor: [one] } }),
    ).toBe('fitting: round 1: 1 of 2 updates are in, 570 s at most\n');
  });

  test('tell where a run begins and what it published', () => {
    expect(
      written(
        { kind: 'run-began', runId: 'r1', baseVersion: 0 },
        { kind: 'run-published', runId: 'r1', published: { version: 1, sha256: A_DIGEST } },
        { kind: 'run-began', runId: 'r2', baseVersion: 1 },
      ).split('\n'),
    ).toEqual([
      'run r1 begins with random weights, since no version is published yet, and makes V1',
      'run r1 has published V1',
      'run r2 begins with V1 and makes V2',
      '',
    ]);
  });

  test('tell once that a device is registered, and of each start', () => {
    const device: DemoEvent = { kind: 'device', clientId: one, device: aDevice() };
    const [start] = calls({ 'client-1': { start: 1 } }) as [DemoEvent];
    const [other] = calls({ 'client-1': { online: 1 } }) as [DemoEvent];

    expect(written(device, device, start, other, start).split('\n')).toEqual([
      'client-1 is registered at the server manager',
      'client-1 is started by its manager',
      'client-1 is started by its manager again',
      '',
    ]);
  });

  test('tell of a client that is killed, what its manager makes of it, and who joins', () => {
    const silent = aDevice({ phase: 'training', reason: 'client-silent' });
    const failed = aPart('client-1', 'train-failed', 'silent for 4 s');

    expect(
      written(
        { kind: 'device', clientId: one, device: aDevice() },
        { kind: 'client-killed', killed: { clientId: one, runId: 'r2', round: 1 } },
        { kind: 'client-lost', clientId: one, how: 'client-1 was ended by SIGKILL' },
        { kind: 'client-joined', joined: { clientId: clientId('client-3'), runId: 'r2' } },
        { kind: 'device', clientId: one, device: silent },
        { kind: 'parts', runId: 'r2', parts: [failed, aPart('client-2', 'train-finished')] },
        { kind: 'client-back', clientId: one },
      )
        .split('\n')
        .slice(1),
    ).toEqual([
      'client-1 trains in round 1; the demo kills its process now, to see what happens',
      'client-1 is lost: client-1 was ended by SIGKILL',
      'client-3 joins late, for the next round',
      "client-1's manager hears nothing of its client app any more",
      "  client-1's part of it failed: silent for 4 s",
      'client-1 is back',
      '',
    ]);
  });
});
