import { type ClientId, FedOpsError } from '@fedops/shared-types';
import fc from 'fast-check';
import type { Transition } from '../src/events/events-between.js';
import { advance, beginRun } from '../src/run/advance.js';
import type { RunPlan } from '../src/run/run-plan.js';
import { deadlineOf, type RunEvent, type RunState, roundOf } from '../src/run/run-state.js';
import { aFailure, aModel, anUpdate, aPlan, id, START } from './run-samples.js';

/** A run that any events led through, in any order; what the run refused is left out. */
export interface RandomRun {
  readonly plan: RunPlan;
  readonly first: RunState;
  readonly transitions: readonly Transition[];
  readonly last: RunState;
}

const NAMES = ['a', 'b', 'c', 'd'].map(id);

/** What may happen next; `who` are some of four clients, the first of them where only one is meant. */
export type Happening = (state: RunState, who: readonly ClientId[]) => Untimed | undefined;
type Untimed = RunEvent extends infer E
  ? E extends RunEvent
    ? Omit<E, 'at'> & { at?: number }
    : never
  : never;

const HAPPENINGS: readonly Happening[] = [
  (_, who) => ({ kind: 'connected-changed', connected: who }),
  () => ({ kind: 'connected-changed', connected: NAMES }),
  (state, [who]) => who && { kind: 'fit-received', round: roundOf(state), update: anUpdate(who) },
  (state, [who]) => who && { kind: 'fit-received', round: roundOf(state), update: anUpdate(who) },
  (state, [who]) => who && { kind: 'work-failed', round: roundOf(state), failure: aFailure(who) },
  (state, [who]) =>
    who && { kind: 'work-failed', round: roundOf(state), failure: aFailure(who, { work: 'evaluate' }) },
  (state, [who]) =>
    who && {
      kind: 'evaluation-received',
      round: roundOf(state),
      clientId: who,
      evaluation: { loss: 1, numExamples: 2, metrics: { accuracy: 0.5 } },
    },
  (state, connected) => ({
    kind: 'aggregated',
    model: aModel(roundOf(state)),
    metrics: { loss: 0.5 },
    connected,
  }),
  (state) => ({ kind: 'aggregated', model: aModel(roundOf(state)), metrics: {}, connected: NAMES }),
  () => ({ kind: 'aggregation-failed', code: 'storage', message: 'disk' }),
  () => ({ kind: 'centrally-evaluated', evaluation: { loss: 1, numExamples: 1, metrics: {} } }),
  () => ({ kind: 'central-evaluation-failed', message: 'no data' }),
  () => ({ kind: 'published', version: 1, path: 'V1' }),
  () => ({ kind: 'publish-failed', code: 'conflict', message: 'taken' }),
  (state) => ({ kind: 'deadline-passed', at: deadlineOf(state) ?? 0 }),
  () => ({ kind: 'resumed' }),
];
/** What the run waits for. */
const GOOD: Happening = (state, who) => {
  if (state.phase !== 'in-round') return { kind: 'published', version: 1, path: 'V1' };
  const { round } = state;
  switch (round.phase) {
    case 'waiting-for-clients':
      return { kind: 'connected-changed', connected: NAMES };
    case 'fitting': {
      const next = [...round.selected].find((client) => !round.updates.has(client));
      return next && { kind: 'fit-received', round: round.round, update: anUpdate(next) };
    }
    case 'aggregating':
      return { kind: 'aggregated', model: aModel(round.round), metrics: { loss: 0.5 }, connected: who };
    case 'evaluating': {
      const evaluation = { loss: 1, numExamples: 2, metrics: { accuracy: 0.5 } };
      const clientId = [...round.selected].find((client) => !round.evaluations.has(client));
      if (clientId === undefined) return { kind: 'centrally-evaluated', evaluation };
      return { kind: 'evaluation-received', round: round.round, clientId, evaluation };
    }
  }
};
const STOP: Happening = () => ({ kind: 'stopped', message: 'enough' });

/** Plans of up to four rounds for four clients. */
export const anyPlan: fc.Arbitrary<RunPlan> = fc
  .record({
    rounds: fc.integer({ min: 1, max: 4 }),
    quorum: fc.integer({ min: 1, max: 3 }),
    retries: fc.integer({ min: 0, max: 2 }),
    minConnected: fc.integer({ min: 1, max: 3 }),
    overSelection: fc.constantFrom(0, 1),
    lateUpdatesMs: fc.constantFrom(0, 500),
    centralEvaluation: fc.constantFrom('none' as const, 'every-round' as const),
    fraction: fc.constantFrom(0, 0.5, 1),
    clients: fc.constantFrom({ kind: 'any' } as const, { kind: 'listed', ids: NAMES } as const),
  })
  .map(({ rounds, centralEvaluation, fraction, clients, minConnected, ...policy }) =>
    aPlan({
      rounds,
      clients,
      centralEvaluation,
      clientEvaluation: { fraction },
      selection: { minConnected, fraction: policy.overSelection > 0 ? 0.5 : 1 },
      policy,
    }),
  );

/** What happens in turn, `ms` after the step before: more often than not what the run waits for. */
export const anySteps: fc.Arbitrary<
  { readonly happening: Happening; readonly who: readonly ClientId[]; readonly ms: number }[]
> = fc.array(
  fc.record({
    happening: fc.oneof(
      { weight: 60, arbitrary: fc.constant(GOOD) },
      { weight: 40, arbitrary: fc.constantFrom(...HAPPENINGS) },
      { weight: 1, arbitrary: fc.constant(STOP) },
    ),
    who: fc.subarray(NAMES),
    ms: fc.constantFrom(1, 300, 700),
  }),
  { maxLength: 100 },
);

/** Runs of up to four rounds, with retries, late updates, evaluations and restarts, of which many come to an end. */
export const anyRun: fc.Arbitrary<RandomRun> = fc.tuple(anyPlan, anySteps).map(([plan, steps]) => {
  const first = beginRun(plan, aModel(), START);
  const transitions: Transition[] = [];
  let state = first;
  let at = START;
  for (const { happening, who, ms } of steps) {
    const untimed = happening(state, who);
    if (untimed === undefined) continue;
    at = Math.max(at + ms, untimed.at ?? 0);
    const event = { ...untimed, at } as RunEvent;
    const after = advanceUnlessRefused(plan, state, event);
    if (after !== state) transitions.push({ before: state, event, after });
    state = after;
  }
  return { plan, first, transitions, last: state };
});

function advanceUnlessRefused(plan: RunPlan, state: RunState, event: RunEvent): RunState {
  try {
    return advance(plan, state, event);
  } catch (error) {
    if (FedOpsError.is(error) && ['stale-round', 'conflict'].includes(error.code)) return state;
    throw error;
  }
}
