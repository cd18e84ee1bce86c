import type { RoundRecord } from '@fedops/shared-types';
import { isoTime } from '../iso-time.js';
import { updateView } from '../run/open-round.js';
import { failuresOf } from '../run/round-record.js';
import { nextVersionOf, type RunPlan } from '../run/run-plan.js';
import {
  type ClientFailure,
  deadlineOf,
  type InRound,
  type RoundState,
  type RunEvent,
  type RunState,
} from '../run/run-state.js';
import { clientsNeeded } from '../run/waiting-for-clients.js';
import type { RunNews } from './run-news.js';

/** One step of a run: what `advance` made of a state and an event. */
export interface Transition {
  readonly before: RunState;
  readonly event: RunEvent;
  readonly after: RunState;
}

/** What there is to tell of a run that has just begun in this state. */
export function firstEvents(plan: RunPlan, state: RunState): readonly RunNews[] {
  const { taskId, rounds, baseVersion, policy, clients } = plan;
  return [
    {
      kind: 'run-began',
      taskId,
      rounds,
      baseVersion,
      nextVersion: nextVersionOf(plan),
      clientsNeeded: clientsNeeded(plan),
      quorum: policy.quorum,
      ...(clients.kind === 'listed' && { listedClients: [...clients.ids] }),
    },
    ...entered(plan, state),
  ];
}

/**
 * What there is to tell of a step, in the order in which it happened. Pure, and from nothing but the step: so a
 * journal that is replayed tells the same, and what is told never disagrees with the state.
 */
export function eventsBetween(plan: RunPlan, { before, event, after }: Transition): readonly RunNews[] {
  if (before === after) return [];
  return [
    ...toldByEvent(event, after),
    ...clientsThatCameAndWent({ before, event, after }),
    ...modelMade({ before, event, after }),
    ...recordMade(before, after),
    ...(isSamePhase(before, after) ? movedWithin(before, after) : entered(plan, after)),
  ];
}

function toldByEvent(event: RunEvent, after: RunState): readonly RunNews[] {
  switch (event.kind) {
    case 'resumed':
      return [{ kind: 'run-resumed', deadline: isoTime(deadlineOf(after) ?? event.at) }];
    case 'fit-received':
      return [{ kind: 'update-received', round: event.round, update: updateView(event.update) }];
    case 'work-failed':
      return [{ kind: 'client-failed', round: event.round, failure: event.failure }];
    case 'evaluation-received': {
      const { round, clientId, evaluation } = event;
      return [{ kind: 'evaluation-received', round, evaluation: { clientId, ...evaluation } }];
    }
    default:
      return [];
  }
}

/** Who was lost while the round waited for them, or waited too long; and who is back. */
function clientsThatCameAndWent({ before, event, after }: Transition): readonly RunNews[] {
  if (event.kind !== 'connected-changed' && event.kind !== 'deadline-passed') return [];
  if (before.phase !== 'in-round') return [];
  const { round } = before.round;
  const known = failuresOf(before.round);
  const now = failuresAfter(before, after);
  const lost = without(now, known);
  const back = without(known, now);
  return [
    ...lost.map((failure) => ({ kind: 'client-failed', round, failure }) as const),
    ...back.map(({ clientId, work }) => ({ kind: 'client-expected-again', round, clientId, work }) as const),
  ];
}

/** The failures of the attempt that `before` is in, also where it has ended with the step. */
function failuresAfter(before: InRound, after: RunState): readonly ClientFailure[] {
  if (isSameAttempt(before, after)) return failuresOf(after.round);
  return newRecord(before, after)?.failures.map((failure) => ({ ...failure, origin: 'lost' })) ?? [];
}

function without(failures: readonly ClientFailure[], others: readonly ClientFailure[]) {
  const keyOf = ({ work, clientId }: ClientFailure) => `${work} ${clientId}`;
  const known = new Set(others.map(keyOf));
  return failures.filter((failure) => !known.has(keyOf(failure)));
}

function modelMade({ before, event, after }: Transition): readonly RunNews[] {
  if (before.phase !== 'in-round') return [];
  const { round } = before.round;
  switch (event.kind) {
    case 'aggregated': {
      const { digest } = after.model.parameters;
      return [{ kind: 'aggregated', round, digest, fitMetrics: event.metrics }];
    }
    case 'centrally-evaluated':
      return [{ kind: 'centrally-evaluated', round, evaluation: event.evaluation }];
    case 'central-evaluation-failed':
      return [{ kind: 'central-evaluation-failed', round, message: event.message }];
    default:
      return [];
  }
}

function recordMade(before: RunState, after: RunState): readonly RunNews[] {
  const record = newRecord(before, after);
  if (record === undefined || before.phase !== 'in-round') return [];
  return record.outcome.kind === 'closed'
    ? [{ kind: 'round-closed', record }]
    : [{ kind: 'round-failed', attempt: before.round.failedAttempts + 1, record }];
}

function newRecord(before: RunState, after: RunState): RoundRecord | undefined {
  const last = after.history.at(-1);
  return last === before.history.at(-1) ? undefined : last;
}

function movedWithin(before: RunState, after: RunState): readonly RunNews[] {
  const [was, is] = [fittingIn(before), fittingIn(after)];
  if (was?.stage !== 'open' || is?.stage !== 'late') return [];
  return [{ kind: 'late-updates-awaited', round: is.round, deadline: isoTime(is.deadline) }];
}

function fittingIn(state: RunState) {
  return state.phase === 'in-round' && state.round.phase === 'fitting' ? state.round : undefined;
}

function entered(plan: RunPlan, state: RunState): readonly RunNews[] {
  switch (state.phase) {
    case 'in-round':
      return [enteredRound(state.round)];
    case 'publishing':
      return [{ kind: 'publishing-began', version: nextVersionOf(plan), deadline: isoTime(state.deadline) }];
    case 'finished': {
      const { version, model } = state;
      return [{ kind: 'version-published', version, digest: model.parameters.digest }];
    }
    case 'failed': {
      const { reason, code, message } = state;
      return [{ kind: 'run-failed', reason, code, message }];
    }
  }
}

function enteredRound(state: RoundState): RunNews {
  const { round } = state;
  const attempt = state.failedAttempts + 1;
  const deadline = isoTime(state.deadline);
  switch (state.phase) {
    case 'waiting-for-clients':
      return { kind: 'round-began', round, attempt, deadline };
    case 'fitting': {
      const { selected, needed } = state;
      return { kind: 'round-opened', round, attempt, asked: [...selected], updatesNeeded: needed, deadline };
    }
    case 'aggregating':
      return { kind: 'aggregation-began', round, deadline };
    case 'evaluating': {
      const centralEvaluation = state.central.status === 'running' ? 'running' : 'none';
      return { kind: 'evaluation-began', round, asked: [...state.selected], centralEvaluation, deadline };
    }
  }
}

function isSamePhase(before: RunState, after: RunState): boolean {
  if (before.phase !== 'in-round') return before.phase === after.phase;
  return isSameAttempt(before, after) && before.round.phase === after.round.phase;
}

function isSameAttempt(before: InRound, after: RunState): after is InRound {
  return (
    after.phase === 'in-round' &&
    before.round.round === after.round.round &&
    before.round.failedAttempts === after.round.failedAttempts
  );
}
