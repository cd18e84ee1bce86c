import { describe, expect, test } from '@jest/globals';
import type { DemoEvent } from '../src/federation/demo-state.js';
import { clientLine } from '../src/view/client-line.js';
import { bar, percent, seconds } from '../src/view/figures.js';
import { frame } from '../src/view/frame.js';
import { createPlainScreen } from '../src/view/plain-screen.js';
import { roundLines } from '../src/view/round-line.js';
import { runLine } from '../src/view/run-line.js';
import { ALL_CALLS, aDevice, aRecord, aRunState, aSession, clientId, stateAfter } from './samples.js';

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
  const seen = (session: ReturnType<typeof aSession>): DemoEvent => ({
    kind: 'devices',
    devices: [aDevice('client-1', { session })],
  });

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

  test('says how its process ended, whatever was seen before', () => {
    const lost: DemoEvent = { kind: 'client-lost', clientId: one, how: 'client-1 was ended by SIGKILL' };

    expect(line(seen(aSession('fitting', { progress: 0.5 })), lost)).toMatch(
      /▕ +▏ client-1 was ended by SIGKILL$/,
    );
    expect(line(seen(aSession('idle')), lost, { kind: 'client-back', clientId: one })).toContain('idle');
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

  test('tell where the run begins, of each start, and of clients that are lost and back', () => {
    const devices: DemoEvent = { kind: 'devices', devices: [aDevice('client-1', { calls: ALL_CALLS })] };

    expect(
      written(
        { kind: 'run-began', baseVersion: 1 },
        devices,
        devices,
        { kind: 'client-lost', clientId: one, how: 'client-1 was ended by SIGKILL' },
        { kind: 'client-back', clientId: one },
      ).split('\n'),
    ).toEqual([
      'the run begins with V1 and makes V2',
      'client-1 was online and is started',
      'client-1 is lost: client-1 was ended by SIGKILL',
      'client-1 is back',
      '',
    ]);
  });
});
