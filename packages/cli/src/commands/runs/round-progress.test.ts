import type { RunView } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { roundProgress } from './round-progress.js';

const results = (...clientIds: string[]) => clientIds.map((clientId) => ({ clientId }));

function aView(phase: RunView['state']['phase'], openRound: object = {}): RunView {
  return {
    state: { phase },
    clients: [{ connection: 'connected' }, { connection: 'lost' }],
    openRound: {
      clientsNeeded: 3,
      asked: ['a', 'b', 'c', 'd'],
      updates: [],
      evaluations: [],
      failures: [],
      ...openRound,
    },
  } as unknown as RunView;
}

it('grows from phase to phase, and with each client that has answered, well or badly', () => {
  const steps = [
    aView('waiting-for-clients'),
    aView('fitting', { updates: results('a') }),
    aView('fitting', { updates: results('a', 'b'), failures: results('c') }),
    aView('aggregating'),
    aView('evaluating', { asked: [] }),
    aView('evaluating', { evaluations: results('a') }),
    aView('evaluating', { evaluations: results('a', 'b', 'c', 'd') }),
  ];
  expect(steps.map((view) => roundProgress(view))).toEqual([
    { share: 0, note: 'waits for clients: 1 of 3' },
    { share: expect.closeTo(0.2), note: '1 of 4 updates' },
    { share: expect.closeTo(0.6), note: '2 of 4 updates, 1 failed' },
    { share: 0.8, note: 'aggregates' },
    { share: 0.85, note: 'the server measures' },
    { share: expect.closeTo(0.8875), note: '1 of 4 evaluations' },
    { share: expect.closeTo(1), note: '4 of 4 evaluations' },
  ]);
});

it('counts no client twice, nor one that was not asked', () => {
  const view = aView('fitting', { updates: results('a', 'x'), failures: results('a') });
  expect(roundProgress(view)?.share).toBeCloseTo(0.2);
});

it('is not there where no round is open', () => {
  const { openRound: _none, ...view } = aView('finished');
  expect(roundProgress(view as RunView)).toBeUndefined();
});
