import type { RunEvent, RunEventId, RunId } from '@fedops/shared-types';
import { comparePositions, type EventPosition, eventIdOf, ORIGIN, positionOf } from './event-id.js';
import type { RunNews } from './run-news.js';

/** An event as it goes out. */
export interface LoggedEvent {
  readonly id: RunEventId;
  readonly kind: RunEvent['kind'];
  /** As JSON, written once for all readers. */
  readonly json: string;
}

/** The last events of a run, in memory. Its size is bounded, whatever happens and however long the run is. */
export interface EventLog {
  /** Tells what a journalled step made: a replay gives the same ids again. */
  append(news: readonly RunNews[], at: number): void;
  /** Tells what no journal holds. */
  appendPassing(news: RunNews, at: number): void;
  /** For a run that ended in an earlier life of the server: who read then must begin anew. */
  forget(at: number): void;
  /** The id of the newest event, or of the run's beginning. */
  lastId(): RunEventId;
  /** Where to read on after the event of this id; undefined where that is not remembered, or never was. */
  cursorAfter(id: string): number | undefined;
  /** Where to read on after all there is. */
  end(): number;
  /** The event at a cursor: `none` where there is none yet, `lost` where it is not remembered any more. */
  at(cursor: number): LoggedEvent | 'none' | 'lost';
  /** Calls the listener after every change; returns the way to end that. */
  subscribe(listener: () => void): () => void;
}

/** How much is remembered: so many events, and so many characters in all. */
export interface EventLogSettings {
  readonly maxEvents: number;
  readonly maxCharacters: number;
}

/**
 * A reader of a few seconds' absence catches up, also where a thousand clients report; and what is remembered costs
 * less than a small model.
 */
const LIMITS: EventLogSettings = { maxEvents: 8_192, maxCharacters: 4 * 1024 * 1024 };

/** @param beganAt When the run began, milliseconds since the epoch; part of every id. */
export function createEventLog(
  { runId, beganAt }: { readonly runId: RunId; readonly beganAt: number },
  { maxEvents, maxCharacters }: EventLogSettings = LIMITS,
): EventLog {
  interface Entry extends LoggedEvent {
    readonly position: EventPosition;
  }
  const listeners = new Set<() => void>();
  /** Entries from `first` on; the places before it are empty, and are given back now and then. */
  let entries: (Entry | undefined)[] = [];
  let first = 0;
  /** How many entries there were before the first of `entries`. */
  let offset = 0;
  let characters = 0;
  let newest: EventPosition = ORIGIN;
  let lastDropped: EventPosition = ORIGIN;

  function add(news: RunNews, at: number, position: EventPosition): void {
    const id = eventIdOf(beganAt, position);
    const { kind } = news;
    const json = JSON.stringify({ id, at: new Date(at).toISOString(), runId, ...news });
    entries.push({ id, kind, json, position });
    newest = position;
    characters += json.length;
    while (entries.length - first > maxEvents || characters > maxCharacters) drop();
    if (first > maxEvents) giveBack();
  }

  function drop(): void {
    const oldest = entries[first]!;
    characters -= oldest.json.length;
    lastDropped = oldest.position;
    entries[first++] = undefined;
  }

  function giveBack(): void {
    entries = entries.slice(first);
    offset += first;
    first = 0;
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  function indexAfter(position: EventPosition): number {
    let [low, high] = [first, entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePositions(entries[middle]!.position, position) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  return {
    append(news, at) {
      for (const one of news) add(one, at, { journalled: newest.journalled + 1, passing: 0 });
      if (news.length > 0) tell();
    },
    appendPassing(news, at) {
      add(news, at, { ...newest, passing: newest.passing + 1 });
      tell();
    },
    forget(at) {
      while (first < entries.length) drop();
      newest = { ...newest, passing: Math.max(newest.passing, Math.floor(at)) };
      lastDropped = newest;
    },
    lastId: () => eventIdOf(beganAt, newest),
    cursorAfter(id) {
      const position = positionOf(beganAt, id);
      if (position === undefined) return undefined;
      const isKnown = comparePositions(position, lastDropped) >= 0 && comparePositions(position, newest) <= 0;
      return isKnown ? offset + indexAfter(position) : undefined;
    },
    end: () => offset + entries.length,
    at(cursor) {
      const index = cursor - offset;
      return index < first ? 'lost' : (entries[index] ?? 'none');
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
