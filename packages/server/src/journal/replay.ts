import { type ClientId, FedOpsError, type Sha256 } from '@fedops/shared-types';
import { createEventLog, type EventLog } from '../events/event-log.js';
import { eventsBetween, firstEvents } from '../events/events-between.js';
import { advance, beginRun } from '../run/advance.js';
import type { RunPlan } from '../run/run-plan.js';
import type { RunState } from '../run/run-state.js';
import type { JournalRecord } from './journal-record.js';

/** A run as its journal tells it. */
export interface ReplayedRun {
  readonly plan: RunPlan;
  readonly state: RunState;
  /** The key that each client showed first, as SHA-256. */
  readonly knownKeys: ReadonlyMap<ClientId, Sha256>;
  /** What was told of the run, under the same ids. */
  readonly events: EventLog;
}

/**
 * The state that the journalled events lead to: the same that they led to when they happened.
 *
 * @returns undefined for a journal that was cut off before the run began.
 * @throws {FedOpsError} `storage` where the records do not follow from one another.
 */
export function replay(records: readonly JournalRecord[]): ReplayedRun | undefined {
  const [first, ...others] = records;
  if (first === undefined) return undefined;
  if (first.kind !== 'run-began') throw inconsistent('it does not begin with the run');
  const { plan, model, at } = first;
  const knownKeys = new Map<ClientId, Sha256>();
  let state = beginRun(plan, model, at);
  const events = beganEventLog(plan, state, at);
  for (const record of others) {
    switch (record.kind) {
      case 'event': {
        const { event } = record;
        const after = advanceAgain(plan, state, event);
        events.append(eventsBetween(plan, { before: state, event, after }), event.at);
        state = after;
        break;
      }
      case 'client-known':
        knownKeys.set(record.clientId, record.keyHash);
        break;
      case 'run-began':
        throw inconsistent('a run begins twice');
    }
  }
  return { plan, state, knownKeys, events };
}

/** The log of a run that began at this time, in this state. */
export function beganEventLog(plan: RunPlan, state: RunState, at: number): EventLog {
  const events = createEventLog({ runId: plan.runId, beganAt: at });
  events.append(firstEvents(plan, state), at);
  return events;
}

function advanceAgain(plan: RunPlan, state: RunState, event: Parameters<typeof advance>[2]): RunState {
  try {
    return advance(plan, state, event);
  } catch (cause) {
    throw inconsistent(`${event.kind} cannot follow`, cause);
  }
}

function inconsistent(what: string, cause?: unknown): FedOpsError {
  return new FedOpsError('storage', `journal: ${what}`, { cause });
}
