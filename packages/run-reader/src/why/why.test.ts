import type { RunView } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { aClient, aRound, aView, id } from '../../test/views.js';
import { why } from './why.js';

const NOW = Date.parse('2026-11-24T12:03:00.000Z');
const FITTING: RunView['state'] = {
  phase: 'fitting',
  reason: 'updates-missing',
  explanation: 'round 2: 1 of 3 updates are in',
  since: '2026-11-24T12:00:00.000Z',
  deadline: '2026-11-24T12:30:00.000Z',
  waitingFor: [id('b'), id('c')],
};

it('says what is waited for, since when, for whom, until when, what then, and what to do', () => {
  const view = aView({
    state: FITTING,
    openRound: aRound({
      round: 2,
      attempt: 2,
      quorum: 2,
      asked: ['a', 'b', 'c', 'd'].map(id),
      updates: [{ clientId: id('a'), numExamples: 1, metrics: {}, digest: 'ab'.repeat(32) }],
      failures: [
        { clientId: id('d'), work: 'fit', origin: 'reported', code: 'internal', message: 'out of memory' },
      ],
    }),
    clients: [
      aClient('b', { activity: { kind: 'fitting', progress: 0.4 }, lastSeen: '2026-11-24T12:02:57.000Z' }),
      aClient('c', { connection: 'lost', name: 'kitchen', lastSeen: '2026-11-24T12:01:00.000Z' }),
    ],
  });
  expect(why(view, NOW)).toBe(
    [
      'Run v3 of task mnist, round 2 of 3, attempt 2: round 2: 1 of 3 updates are in.',
      'It waits since 2026-11-24 12:00:00 UTC (3 min), at most until 2026-11-24 12:30:00 UTC (27 min left); then the round fails, unless one more update comes.',
      'It waits for 2 clients:',
      '  b: fitting 40 %, last heard 3 s ago',
      '  c (kitchen): lost, last heard 2 min ago',
      '1 failure in this round:',
      '  d (fit): internal, out of memory',
      'Look at those that are not connected: their process, and their network.',
    ].join('\n'),
  );
});

it('names ten of a thousand clients', () => {
  const waitingFor = Array.from({ length: 1_000 }, (_, i) => id(`c${i}`));
  const text = why(
    aView({ state: { ...FITTING, waitingFor }, openRound: aRound({ asked: waitingFor }) }),
    NOW,
  );
  expect(text.split('\n').length).toBeLessThan(20);
  expect(text).toContain('and 990 more');
});

it.each([
  ['failed', 'too-few-clients', 'Start more clients'],
  ['failed', 'publish-error', "Look at the server's log"],
  ['suspended', 'storage', 'See to the disk'],
  ['finished', 'published', 'Start the server again'],
] as const)('of a run that is %s for %s, it says what to do and no deadline', (phase, reason, advice) => {
  const state = { ...FITTING, phase, reason, deadline: null, waitingFor: [] };
  const text = why(aView({ state }), NOW);
  expect(text).toContain(advice);
  expect(text).toContain('since 2026-11-24 12:00:00 UTC (3 min).');
  expect(text).not.toContain('until');
});
