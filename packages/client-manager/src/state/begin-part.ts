import type { Baseline } from '../client/client-report.js';
import type { Limits } from './limits.js';
import type { EventOf } from './manager-event.js';
import type { Facts, ManagerState, Reporting, Starting, Training } from './manager-state.js';
import { isBusy } from './resting.js';
import type { PartEnd, Run } from './run.js';

/** The state after a run was offered to a manager that waits. */
export function offered(
  state: ManagerState,
  { at, run }: EventOf<'run-offered'>,
  limits: Limits,
): ManagerState {
  const { facts } = state;
  const { last } = facts;
  if (last !== null && last.run.key === run.key && !last.isRunOver) return state;
  return starting({ facts, at, run }, limits);
}

/** True for a client that already builds the version of this run: somebody else has started it. */
export function trainsFor(facts: Facts, run: Run): boolean {
  const { client } = facts;
  if (!isBusy(facts) || !facts.hasClientRested) return false;
  return client.kind === 'answering' && client.report.version === run.version;
}

interface OfRun {
  readonly facts: Facts;
  readonly at: number;
  readonly run: Run;
}

/** The state in which the client is asked to start, until `startWithinMs` is over. */
export function starting({ facts, at, run }: OfRun, { startWithinMs }: Limits): Starting {
  return {
    phase: 'starting',
    reason: 'not-asked-yet',
    since: at,
    deadline: at + startWithinMs,
    facts,
    run,
    baseline: null,
    isPerhapsHeard: false,
    attempts: 0,
    nextAttemptAt: at,
    error: null,
  };
}

/** The state in which the client trains, as long as its lease lives and at most `trainWithinMs`. */
export function training(
  { facts, at, run, baseline }: OfRun & { readonly baseline: Baseline | null },
  { clientLeaseMs, trainWithinMs }: Limits,
): Training {
  const leaseUntil = at + clientLeaseMs;
  const endsBy = at + trainWithinMs;
  return {
    phase: 'training',
    reason: 'client-trains',
    since: at,
    deadline: Math.min(leaseUntil, endsBy),
    facts,
    run,
    baseline,
    progress: null,
    leaseUntil,
    endsBy,
    isRunOver: false,
  };
}

/** A part that is over, and what is left to do about it. */
export interface Ended extends OfRun {
  readonly end: PartEnd;
  readonly isRunOver: boolean;
  readonly stopsClient?: boolean;
}

/** The state in which the end of a part is told to the server manager, for at most `reportForMs`. */
export function reporting(
  { facts, at, run, end, isRunOver, stopsClient = false }: Ended,
  { reportForMs }: Pick<Limits, 'reportForMs'>,
): Reporting {
  return {
    phase: 'reporting',
    reason: 'not-told-yet',
    since: at,
    deadline: at + reportForMs,
    facts: { ...facts, hasClientRested: !isBusy(facts) },
    run,
    end,
    isRunOver,
    stopsClient,
    attempts: 0,
    nextAttemptAt: at,
    error: null,
  };
}
