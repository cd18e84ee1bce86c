import { viewAfter } from '@fedops/run-reader';
import {
  BEFORE_THE_FIRST_EVENT,
  type ClientId,
  type RunEvent,
  RunEventSchema,
  type RunView,
} from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ClientSnapshot } from '../src/clients/client-registry.js';
import type { EventLog } from '../src/events/event-log.js';
import { eventsBetween } from '../src/events/events-between.js';
import type { JournalRecord } from '../src/journal/journal-record.js';
import { beganEventLog, replay } from '../src/journal/replay.js';
import type { RunState } from '../src/run/run-state.js';
import { viewOf } from '../src/run/run-view.js';
import { anyRun, type RandomRun } from './random-run.js';
import { aModel, START } from './run-samples.js';

/** All that a log tells, as a reader gets it. */
function toldBy(log: EventLog): RunEvent[] {
  const told: RunEvent[] = [];
  for (let cursor = log.cursorAfter(BEFORE_THE_FIRST_EVENT)!; ; cursor++) {
    const event = log.at(cursor);
    if (typeof event === 'string') return told;
    told.push(RunEventSchema.parse(JSON.parse(event.json)));
  }
}

/** A view without what is as old as what was told of the clients, and without how many of them wait. */
function factsOf(view: RunView | undefined) {
  if (view === undefined) return undefined;
  const { state, clients } = view;
  return {
    ...view,
    state: { ...state, explanation: state.explanation.replace(/; \d+ (is|are)$/, '') },
    clients: clients.map(({ clientId, connection }) => ({ clientId, connection })),
  };
}

function pictureOf(events: readonly RunEvent[]): RunView | undefined {
  return events.reduce<RunView | undefined>(viewAfter, undefined);
}

/** Tells a run as the engine does; visits every state with the log so far. */
function tell(
  { plan, first, transitions }: RandomRun,
  visit: (state: RunState, log: EventLog, clients: readonly ClientSnapshot[]) => void,
) {
  const log = beganEventLog(plan, first, START);
  const present = new Map<ClientId, 'connected' | 'lost'>();
  visit(first, log, []);
  for (const transition of transitions) {
    const { event, after } = transition;
    if (event.kind === 'connected-changed') {
      const connected = new Set(event.connected);
      for (const clientId of new Set([...connected, ...present.keys()])) {
        const connection = connected.has(clientId) ? 'connected' : 'lost';
        if (present.get(clientId) === connection) continue;
        present.set(clientId, connection);
        log.appendPassing({ kind: `client-${connection}`, clientId, name: null }, event.at);
      }
    }
    log.append(eventsBetween(plan, transition), event.at);
    if (event.kind === 'resumed') present.clear();
    const clients = [...present].sort().map(([clientId, connection]) => ({
      clientId,
      connection,
      lastSeen: event.at,
      status: null,
      activity: null,
    }));
    visit(after, log, clients);
  }
  return log;
}

describe('the events of a run', () => {
  it('give the same picture as its view, after every step of whatever happens', () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        tell(run, (state, log, clients) =>
          expect(factsOf(pictureOf(toldBy(log)))).toEqual(factsOf(viewOf(run.plan, state, clients))),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('have ids that grow', () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const ids = toldBy(tell(run, () => {})).map(({ id }) => id.split(/[-.]/).slice(1).map(Number));
        for (const [i, [journalled, passing]] of ids.slice(1).entries()) {
          const [before, passingBefore] = ids[i] as [number, number];
          expect(journalled! > before || (journalled === before && passing! > passingBefore)).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are told again by a replayed journal, under the same ids', () => {
    fc.assert(
      fc.property(anyRun, (run) => {
        const told = toldBy(tell(run, () => {})).filter(({ id }) => id.endsWith('.0'));
        const began: JournalRecord = { kind: 'run-began', plan: run.plan, model: aModel(), at: START };
        const records = run.transitions
          .filter(isJournalled)
          .map(({ event }) => ({ kind: 'event', event }) as const);
        const journal = JSON.parse(JSON.stringify([began, ...records])) as JournalRecord[];
        expect(toldBy(replay(journal)!.events)).toEqual(told);
      }),
      { numRuns: 200 },
    );
  });
});

/** As the run loop does it: who is connected while a round waits is asked anew after a restart. */
function isJournalled({ before, event, after }: RandomRun['transitions'][number]): boolean {
  const isWaiting = (state: RunState) =>
    state.phase === 'in-round' && state.round.phase === 'waiting-for-clients';
  return event.kind !== 'connected-changed' || !isWaiting(before) || !isWaiting(after);
}
