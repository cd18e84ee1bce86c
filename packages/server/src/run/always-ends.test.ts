import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anyRun } from '../../test/random-run.js';
import { advance } from './advance.js';
import { deadlineOf, type RunState } from './run-state.js';

const PHASES_OF_AN_ATTEMPT = 5;

it('a run that nothing more is heard of ends by its deadlines alone, wherever it is', () => {
  fc.assert(
    fc.property(anyRun, ({ plan, last }) => {
      let state: RunState = last;
      const most = plan.rounds * (plan.policy.retries + 1) * PHASES_OF_AN_ATTEMPT + 1;
      for (let fired = 0; fired < most; fired++) {
        const at = deadlineOf(state);
        if (at === undefined) break;
        state = advance(plan, state, { kind: 'deadline-passed', at });
      }
      expect(['finished', 'failed']).toContain(state.phase);
    }),
    { numRuns: 500 },
  );
});

it('random runs get everywhere: the property above is about all phases', () => {
  const phases = new Set<string>();
  fc.assert(
    fc.property(anyRun, ({ transitions }) => {
      for (const { after } of transitions)
        phases.add(after.phase === 'in-round' ? after.round.phase : after.phase);
    }),
    { numRuns: 500, seed: 1 },
  );
  expect([...phases].toSorted()).toEqual([
    'aggregating',
    'evaluating',
    'failed',
    'finished',
    'fitting',
    'publishing',
    'waiting-for-clients',
  ]);
});
