import { FedOpsError, RunStateViewSchema } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeThrownBy, errorThrownBy } from '../../test/error-code.js';
import { aFailure, aModel, anUpdate, aPlan, digestOf, id, roundIn, START } from '../../test/run-samples.js';
import { advance, beginRun } from './advance.js';
import { explain } from './explain.js';
import type { RunPlan } from './run-plan.js';
import { deadlineOf, type RunEvent, type RunState } from './run-state.js';

type Step = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> & { at?: number } : never) : never;

/** The state after the steps, each a millisecond after the one before unless it says when. */
function after(plan: RunPlan, ...steps: readonly Step[]): RunState {
  return steps.reduce<RunState>(
    (state, step, i) => advance(plan, state, { at: START + i + 1, ...step } as RunEvent),
    beginRun(plan, aModel(), START),
  );
}

const connected = (...names: string[]): Step => ({ kind: 'connected-changed', connected: names.map(id) });
const update = (client: string, changes = {}): Step => ({
  kind: 'fit-received',
  round: 1,
  update: anUpdate(client, changes),
});
const failed = (client: string, changes = {}): Step => ({
  kind: 'work-failed',
  round: 1,
  failure: aFailure(client, changes),
});
const evaluated = (client: string, loss = 1): Step => ({
  kind: 'evaluation-received',
  round: 1,
  clientId: id(client),
  evaluation: { loss, numExamples: 1, metrics: {} },
});
const aggregated = (...names: string[]): Step => ({
  kind: 'aggregated',
  model: aModel(1),
  metrics: { loss: 0.5 },
  connected: names.map(id),
});
const deadline = (at: number): Step => ({ kind: 'deadline-passed', at: START + at });

describe('a run', () => {
  it('waits for clients, fits, aggregates, evaluates and publishes', () => {
    const plan = aPlan();
    const steps: Step[] = [
      connected('a', 'b'),
      update('a'),
      update('b'),
      aggregated('a', 'b'),
      evaluated('a'),
      evaluated('b', 3),
      { kind: 'published', version: 1, path: '/models/V1' },
    ];
    const phases = steps.map((_, i) => {
      const state = after(plan, ...steps.slice(0, i + 1));
      return state.phase === 'in-round' ? state.round.phase : state.phase;
    });
    expect(phases).toEqual([
      'fitting',
      'fitting',
      'aggregating',
      'evaluating',
      'evaluating',
      'publishing',
      'finished',
    ]);
    expect(after(plan, ...steps)).toMatchObject({
      version: 1,
      path: '/models/V1',
      model: { round: 1 },
      history: [{ round: 1, clientEvaluation: { loss: 2, numExamples: 2 }, fitMetrics: { loss: 0.5 } }],
    });
  });

  it('skips the evaluation where nobody evaluates', () => {
    const plan = aPlan({ clientEvaluation: { fraction: 0 } });
    expect(after(plan, connected('a', 'b'), update('a'), update('b'), aggregated('a', 'b')).phase).toBe(
      'publishing',
    );
  });

  it('waits for the central evaluation, measured or failed', () => {
    const plan = aPlan({ clientEvaluation: { fraction: 0 }, centralEvaluation: 'every-round' });
    const steps = [connected('a', 'b'), update('a'), update('b'), aggregated()];
    roundIn(after(plan, ...steps), 'evaluating');
    const evaluation = { loss: 1, numExamples: 10, metrics: {} };
    expect(after(plan, ...steps, { kind: 'centrally-evaluated', evaluation }).history).toMatchObject([
      { centralEvaluation: evaluation },
    ]);
    const unmeasured = after(plan, ...steps, { kind: 'central-evaluation-failed', message: 'no data' });
    expect(unmeasured.phase).toBe('publishing');
    expect(unmeasured.history[0]!.centralEvaluation).toBeUndefined();
  });

  it('selects when the round opens and never again', () => {
    const state = after(aPlan(), connected('b', 'a'), connected('a', 'b', 'c'));
    expect([...roundIn(state, 'fitting').selected]).toEqual(['a', 'b']);
  });

  it('stops from every phase that is not the end', () => {
    const steps = [connected('a', 'b'), update('a'), update('b'), aggregated('a'), evaluated('a')];
    for (let i = 0; i <= steps.length; i++) {
      const state = after(aPlan(), ...steps.slice(0, i), { kind: 'stopped', message: 'enough' });
      expect(state).toMatchObject({ phase: 'failed', reason: 'stopped', code: 'aborted', message: 'enough' });
    }
  });

  it.each([
    ['publish-failed', { kind: 'publish-failed', code: 'conflict', message: 'taken' } as Step, 'conflict'],
    ['deadline-passed', deadline(100_000), 'deadline-exceeded'],
  ])('fails with publish-error after %s', (_kind, step, code) => {
    const plan = aPlan({ clientEvaluation: { fraction: 0 } });
    const state = after(plan, connected('a', 'b'), update('a'), update('b'), aggregated(), step);
    expect(state).toMatchObject({ phase: 'failed', reason: 'publish-error', code, model: { round: 1 } });
  });
});

describe('an update', () => {
  const open = [connected('a', 'b')];

  it('that comes twice changes nothing, also when it closed the round', () => {
    const plan = aPlan();
    const once = after(plan, ...open, update('a'));
    expect(advance(plan, once, { at: START + 9, ...update('a') } as RunEvent)).toBe(once);
    const closed = after(plan, ...open, update('a'), update('b'));
    expect(advance(plan, closed, { at: START + 9, ...update('b') } as RunEvent)).toBe(closed);
  });

  it('with other bytes is a conflict', () => {
    const other = update('a', { digest: digestOf(7) });
    expect(codeThrownBy(() => after(aPlan(), ...open, update('a'), other))).toBe('conflict');
  });

  it.each([
    ['before the round is open', [update('a')]],
    ['of a client that was not selected', [...open, update('c')]],
    ['of another round', [...open, { kind: 'fit-received', round: 2, update: anUpdate('a') } as Step]],
    ['after the round', [...open, update('a'), failed('b'), aggregated(), update('b')]],
    ['after the run', [{ kind: 'stopped', message: '' } as Step, update('a')]],
  ])('%s is stale-round and tells the current round', (_when, steps) => {
    const error = errorThrownBy(() => after(aPlan(), ...steps));
    expect(error.code).toBe('stale-round');
    expect(error.details).toHaveProperty('round');
  });

  it('wins over a failure of the same client', () => {
    const state = after(aPlan(), ...open, failed('a', { origin: 'refused' }), update('a'));
    const { updates, failures } = roundIn(state, 'fitting');
    expect([[...updates.keys()], failures.size]).toEqual([['a'], 0]);
  });

  it('counts again in the next attempt although its bytes are those of the failed one', () => {
    const plan = aPlan({ policy: { quorum: 2, retries: 1 } });
    const state = after(
      plan,
      ...open,
      update('a'),
      failed('b'),
      connected('a', 'b'),
      update('a'),
      update('b'),
    );
    expect(roundIn(state, 'aggregating').updates.size).toBe(2);
  });

  it('of a round that failed for good is not taken for counted', () => {
    const plan = aPlan({ policy: { quorum: 2 } });
    expect(codeThrownBy(() => after(plan, ...open, update('a'), failed('b'), update('a')))).toBe(
      'stale-round',
    );
  });
});

describe('a failure', () => {
  it('does not undo an update', () => {
    const state = after(aPlan(), connected('a', 'b'), update('a'), failed('a'));
    expect(roundIn(state, 'fitting').updates.size).toBe(1);
  });

  it('of the last client that is missing closes the round', () => {
    roundIn(after(aPlan(), connected('a', 'b'), update('a'), failed('b')), 'aggregating');
  });

  it('of another kind of work is stale', () => {
    expect(codeThrownBy(() => after(aPlan(), connected('a', 'b'), failed('a', { work: 'evaluate' })))).toBe(
      'stale-round',
    );
  });
});

describe('a lost client', () => {
  it('is not waited for, and is taken back when it returns', () => {
    const plan = aPlan({ selection: { minConnected: 3 } });
    const lost = after(plan, connected('a', 'b', 'c'), connected('b', 'c'));
    expect(roundIn(lost, 'fitting').failures.get(id('a'))).toMatchObject({
      origin: 'lost',
      code: 'unavailable',
    });
    const back = advance(plan, lost, { at: START + 5, ...connected('a', 'b', 'c') } as RunEvent);
    expect(roundIn(back, 'fitting').failures.size).toBe(0);
  });

  it('keeps its update', () => {
    const state = after(aPlan(), connected('a', 'b'), update('a'), connected('b'), update('b'));
    expect(roundIn(state, 'aggregating').updates.size).toBe(2);
  });

  it('does not take back what it reported itself', () => {
    const state = after(
      aPlan({ selection: { minConnected: 3 } }),
      connected('a', 'b', 'c'),
      failed('a'),
      connected('a', 'b', 'c'),
    );
    expect(roundIn(state, 'fitting').failures.get(id('a'))).toMatchObject({ origin: 'reported' });
  });
});

describe('a deadline', () => {
  it('that has not passed changes nothing', () => {
    const plan = aPlan();
    for (const steps of [[], [connected('a', 'b')], [connected('a', 'b'), update('a'), failed('b')]]) {
      const state = after(plan, ...steps);
      const early = { kind: 'deadline-passed', at: deadlineOf(state)! - 1 } as const;
      expect(advance(plan, state, early)).toBe(state);
    }
  });

  it.each([
    [1, 'aggregating'],
    [2, 'failed'],
  ])('of a fit with one update and a quorum of %i makes the round %s', (quorum, outcome) => {
    const plan = aPlan({ policy: { quorum } });
    const state = after(plan, connected('a', 'b'), update('a'), deadline(10_000));
    expect(state.phase === 'in-round' ? state.round.phase : state.phase).toBe(outcome);
  });

  it('of the evaluation closes the round with what there is', () => {
    const state = after(
      aPlan(),
      connected('a', 'b'),
      update('a'),
      update('b'),
      aggregated('a', 'b'),
      evaluated('b'),
      deadline(50_000),
    );
    expect(state).toMatchObject({ phase: 'publishing', history: [{ clientEvaluation: { numExamples: 1 } }] });
  });

  it('leaves in the record who did not answer in time, of either work', () => {
    const state = after(
      aPlan({ policy: { quorum: 1 } }),
      connected('a', 'b'),
      update('a'),
      deadline(10_000),
      { ...aggregated('a', 'b'), at: START + 10_001 },
      deadline(60_000),
    );
    const late = { code: 'deadline-exceeded' };
    expect(state).toMatchObject({
      phase: 'publishing',
      history: [
        {
          participants: [{ clientId: 'a' }],
          failures: [
            { clientId: 'b', work: 'fit', ...late },
            { clientId: 'a', work: 'evaluate', ...late },
            { clientId: 'b', work: 'evaluate', ...late },
          ],
        },
      ],
    });
    const failed = after(
      aPlan({ policy: { quorum: 2 } }),
      connected('a', 'b'),
      update('a'),
      deadline(10_000),
    );
    expect(failed).toMatchObject({ history: [{ failures: [{ clientId: 'b', ...late }] }] });
  });

  it.each([
    ['too-few-clients', [connected('a'), deadline(1_001)]],
    ['no-valid-update', [connected('a', 'b'), failed('a'), failed('b')]],
    ['aggregation-error', [connected('a', 'b'), update('a'), update('b'), deadline(10_000)]],
    [
      'aggregation-error',
      [
        connected('a', 'b'),
        update('a'),
        update('b'),
        { kind: 'aggregation-failed', code: 'storage', message: 'disk' } as Step,
      ],
    ],
  ])('or the like fails the round with %s and leaves the model as it was', (reason, steps) => {
    const state = after(aPlan(), ...steps);
    expect(state).toMatchObject({
      phase: 'failed',
      reason,
      model: aModel(0),
      history: [{ outcome: { kind: 'failed', reason } }],
    });
  });

  it.each(['storage', 'internal'] as const)(
    'in the aggregation ends the run with the code that it had: %s',
    (code) => {
      const failing: Step = { kind: 'aggregation-failed', code, message: 'disk' };
      const state = after(aPlan(), connected('a', 'b'), update('a'), update('b'), failing);
      expect(state).toMatchObject({ phase: 'failed', code });
      expect(state.history.at(-1)?.outcome).toEqual({
        kind: 'failed',
        reason: 'aggregation-error',
        message: 'disk',
      });
    },
  );

  it('fails the run only when the retries are used up', () => {
    const plan = aPlan({ policy: { retries: 2 } });
    const attempt = [connected('a', 'b'), failed('a'), failed('b')];
    expect(roundIn(after(plan, ...attempt, ...attempt), 'waiting-for-clients')).toMatchObject({
      round: 1,
      failedAttempts: 2,
    });
    expect(after(plan, ...attempt, ...attempt, ...attempt).phase).toBe('failed');
  });

  it('of retries begins anew with each round', () => {
    const plan = aPlan({ rounds: 2, policy: { retries: 1 }, clientEvaluation: { fraction: 0 } });
    const bad = [connected('a', 'b'), failed('a'), failed('b')];
    const good = [connected('a', 'b'), update('a'), update('b'), aggregated()];
    expect(roundIn(after(plan, ...bad, ...good), 'waiting-for-clients')).toMatchObject({
      round: 2,
      failedAttempts: 0,
    });
  });
});

describe('late updates', () => {
  const plan = aPlan({
    selection: { fraction: 0.5, minConnected: 4 },
    policy: { overSelection: 1, lateUpdatesMs: 500 },
  });
  const open = [connected('a', 'b', 'c', 'd'), update('a'), update('b')];

  it('still count while the round waits for them, and it waits once', () => {
    const late = after(plan, ...open);
    expect(roundIn(late, 'fitting')).toMatchObject({ stage: 'late', deadline: START + 3 + 500 });
    const more = advance(plan, late, { at: START + 10, ...update('c') } as RunEvent);
    expect(roundIn(more, 'fitting')).toMatchObject({ stage: 'late', deadline: START + 3 + 500 });
    const closed = advance(plan, more, { at: START + 503, kind: 'deadline-passed' });
    expect([...roundIn(closed, 'aggregating').updates.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('that do not come are no failures: they were not needed', () => {
    const late = after(plan, ...open);
    const closed = advance(plan, late, { at: START + 503, kind: 'deadline-passed' });
    expect(roundIn(closed, 'aggregating').failures.size).toBe(0);
  });

  it('are not waited for where the policy does not say so', () => {
    const strict = aPlan({ selection: { fraction: 0.5, minConnected: 4 }, policy: { overSelection: 1 } });
    expect([...roundIn(after(strict, ...open), 'aggregating').updates.keys()]).toEqual(['a', 'b']);
  });
});

const NAMES = ['a', 'b', 'c', 'd'];
const anyName = fc.constantFrom(...NAMES);
const anyNames = fc.subarray(NAMES);
const anyRound = fc.integer({ min: 1, max: 3 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: anyNames.map((names) => connected(...names)) },
  {
    weight: 6,
    arbitrary: fc.record({ name: anyName, round: anyRound, digest: fc.integer({ min: 100, max: 101 }) }).map(
      ({ name, round, digest }): Step => ({
        kind: 'fit-received',
        round,
        update: anUpdate(name, { digest: digestOf(digest) }),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({ name: anyName, round: anyRound, work: fc.constantFrom('fit' as const, 'evaluate' as const) })
      .map(
        ({ name, round, work }): Step => ({ kind: 'work-failed', round, failure: aFailure(name, { work }) }),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ name: anyName, round: anyRound, loss: fc.float({ noNaN: true, noDefaultInfinity: true }) })
      .map(
        ({ name, round, loss }): Step => ({
          kind: 'evaluation-received',
          round,
          clientId: id(name),
          evaluation: { loss, numExamples: 1, metrics: {} },
        }),
      ),
  },
  { weight: 3, arbitrary: anyNames.map((names) => aggregated(...names)) },
  {
    weight: 1,
    arbitrary: fc.constant<Step>({ kind: 'aggregation-failed', code: 'storage', message: 'disk' }),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Step>({
      kind: 'centrally-evaluated',
      evaluation: { loss: 1, numExamples: 1, metrics: {} },
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'central-evaluation-failed', message: 'no data' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'published', version: 1, path: 'V1' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'publish-failed', code: 'conflict', message: 'taken' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ kind: 'deadline-passed' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'resumed' }) },
);
const anySteps = fc.array(fc.record({ step: anyStep, ms: fc.constantFrom(1, 600, 3_000) }), {
  maxLength: 60,
});
const anyPlan = fc
  .record({
    rounds: fc.integer({ min: 1, max: 3 }),
    quorum: fc.integer({ min: 1, max: 3 }),
    retries: fc.integer({ min: 0, max: 2 }),
    minConnected: fc.integer({ min: 1, max: 3 }),
    overSelection: fc.constantFrom(0, 0.5, 1),
    lateUpdatesMs: fc.constantFrom(0, 500),
    centralEvaluation: fc.constantFrom('none' as const, 'every-round' as const),
    fraction: fc.constantFrom(0, 0.5, 1),
  })
  .map(
    ({ rounds, quorum, retries, minConnected, overSelection, lateUpdatesMs, centralEvaluation, fraction }) =>
      aPlan({
        rounds,
        centralEvaluation,
        clientEvaluation: { fraction },
        selection: { minConnected, fraction: 1 },
        policy: { quorum, retries, overSelection, lateUpdatesMs },
      }),
  );

/** Walks through the steps; refused ones leave the state. Visits each state with the one before. */
function walk(
  plan: RunPlan,
  steps: readonly { step: Step; ms: number }[],
  visit: (state: RunState, before: RunState, event: RunEvent) => void,
) {
  let state = beginRun(plan, aModel(), START);
  let at = START;
  for (const { step, ms } of steps) {
    at += ms;
    const event = { ...step, at } as RunEvent;
    const before = state;
    try {
      state = advance(plan, state, event);
    } catch (error) {
      if (!FedOpsError.is(error) || !['stale-round', 'conflict'].includes(error.code)) throw error;
    }
    visit(state, before, event);
  }
}

describe('whatever happens in whatever order', () => {
  const property = (visit: (plan: RunPlan) => (state: RunState, before: RunState, event: RunEvent) => void) =>
    fc.assert(
      fc.property(anyPlan, anySteps, (plan, steps) => walk(plan, steps, visit(plan))),
      { numRuns: 400 },
    );

  it('only stale-round and conflict are thrown, and every state explains itself: reason, sentence, and an end unless it is one', () => {
    property((plan) => (state) => {
      const view = RunStateViewSchema.parse(explain(plan, state));
      expect(view.reason).not.toBe('');
      expect(view.explanation).not.toBe('');
      const isOver = state.phase === 'finished' || state.phase === 'failed';
      expect(view.deadline === null).toBe(isOver);
      expect(deadlineOf(state) === undefined).toBe(isOver);
    });
  });

  it('the end stays the end', () => {
    property(() => (state, before) => {
      if (before.phase === 'finished' || before.phase === 'failed') expect(state).toBe(before);
    });
  });

  it('the same update again is no event, unless it was not enough for its round', () => {
    property((plan) => (state, before, event) => {
      const hasFailed = state.history.length > before.history.length;
      if (event.kind === 'fit-received' && state !== before && !hasFailed)
        expect(advance(plan, state, event)).toBe(state);
    });
  });

  it('a passed deadline ends every wait', () => {
    property((plan) => (state) => {
      const at = deadlineOf(state);
      if (at !== undefined) expect(advance(plan, state, { kind: 'deadline-passed', at })).not.toBe(state);
    });
  });

  it('rounds are made by a quorum alone, the model changes by aggregation alone, and history only grows', () => {
    property((plan) => (state, before, event) => {
      if (state.phase === 'in-round' && state.round.phase === 'aggregating')
        expect(state.round.updates.size).toBeGreaterThanOrEqual(plan.policy.quorum);
      if (event.kind !== 'aggregated') expect(state.model).toBe(before.model);
      expect(state.history.slice(0, before.history.length)).toEqual(before.history);
    });
  });
});

describe('the order of arrival', () => {
  it('changes nothing in the record of a round', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const plan = aPlan({ selection: { minConnected: 5 } });
    const results = [
      ...['a', 'b', 'c'].map((name, i) => update(name, { digest: digestOf(i), numExamples: i + 1 })),
      failed('d'),
      failed('e', { origin: 'refused', code: 'shape-mismatch' }),
    ];
    const evaluations = [0.1, 0.2, 0.3, 1e-9, 1e9].map((loss, i) => evaluated(names[i]!, loss));
    const recordOf = (first: readonly Step[], second: readonly Step[]) =>
      after(plan, connected(...names), ...first, aggregated(...names), ...second).history[0];
    const expected = recordOf(results, evaluations);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(results, { minLength: 5 }),
        fc.shuffledSubarray(evaluations, { minLength: 5 }),
        (first, second) => expect(JSON.stringify(recordOf(first, second))).toBe(JSON.stringify(expected)),
      ),
    );
  });
});
