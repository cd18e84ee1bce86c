import type { RunId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { digestOf, id } from '../../test/run-samples.js';
import { createEventLog, type EventLog, type EventLogSettings } from './event-log.js';
import type { RunNews } from './run-news.js';

const RUN = { runId: 'v1' as RunId, beganAt: 36 };
const PUBLISHED: RunNews = { kind: 'version-published', version: 1, digest: digestOf(1) };
const CONNECTED: RunNews = { kind: 'client-connected', clientId: id('a'), name: null };
const PLENTY = { maxEvents: 100, maxCharacters: 1e6 };

function aLog(settings: EventLogSettings = PLENTY): EventLog {
  return createEventLog(RUN, settings);
}

function idsAfter(log: EventLog, after: string): string[] | undefined {
  const ids: string[] = [];
  const start = log.cursorAfter(after);
  if (start === undefined) return undefined;
  for (let cursor = start; ; cursor++) {
    const event = log.at(cursor);
    if (typeof event === 'string') return ids;
    ids.push(event.id);
  }
}

describe('a log of events', () => {
  it('counts what is journalled, and what passes since', () => {
    const log = aLog();
    log.append([PUBLISHED, PUBLISHED], 0);
    log.appendPassing(CONNECTED, 0);
    log.appendPassing(CONNECTED, 0);
    log.append([PUBLISHED], 0);
    expect(idsAfter(log, '0')).toEqual(['10-1.0', '10-2.0', '10-2.1', '10-2.2', '10-3.0']);
    expect(log.lastId()).toBe('10-3.0');
  });

  it('goes on after any id that it has told, and after the newest with nothing', () => {
    const log = aLog();
    log.append([PUBLISHED], 0);
    log.appendPassing(CONNECTED, 0);
    log.append([PUBLISHED], 0);
    expect(idsAfter(log, '10-1.0')).toEqual(['10-1.1', '10-2.0']);
    expect(idsAfter(log, '10-1.1')).toEqual(['10-2.0']);
    expect(idsAfter(log, '10-2.0')).toEqual([]);
  });

  it('goes on after an id of which only the journalled part came back: what passed is past', () => {
    const log = aLog();
    log.append([PUBLISHED, PUBLISHED], 0);
    expect(idsAfter(log, '10-1.7')).toEqual(['10-2.0']);
  });

  it.each(['10-9.0', '11-1.0', '', 'x', '10-1', '10-1.0.0', '10-1.0; drop', `10-${'9'.repeat(40)}.0`])(
    'does not know what came after %j',
    (after) => {
      const log = aLog();
      log.append([PUBLISHED, PUBLISHED], 0);
      expect(log.cursorAfter(after)).toBeUndefined();
    },
  );

  it('forgets the oldest beyond its number of events, and says so', () => {
    const log = aLog({ ...PLENTY, maxEvents: 3 });
    const start = log.cursorAfter('0')!;
    for (let i = 0; i < 20; i++) log.append([PUBLISHED], 0);
    expect(log.at(start)).toBe('lost');
    expect(idsAfter(log, '0')).toBeUndefined();
    expect(idsAfter(log, '10-16.0')).toBeUndefined();
    expect(idsAfter(log, '10-17.0')).toEqual(['10-18.0', '10-19.0', '10-20.0']);
  });

  it('forgets the oldest beyond its length, also all of them for one that is too long', () => {
    const log = aLog({ ...PLENTY, maxCharacters: 500 });
    for (let i = 0; i < 20; i++) log.append([PUBLISHED], 0);
    const { length } = JSON.stringify({
      id: '10-20.0',
      at: new Date(0).toISOString(),
      runId: 'v1',
      ...PUBLISHED,
    });
    const kept = Math.floor(500 / length);
    expect(idsAfter(log, `10-${20 - kept}.0`)).toHaveLength(kept);
    expect(idsAfter(log, `10-${19 - kept}.0`)).toBeUndefined();
    log.append([{ kind: 'run-failed', reason: 'stopped', code: 'aborted', message: 'x'.repeat(600) }], 0);
    expect(idsAfter(log, '10-20.0')).toBeUndefined();
    expect(idsAfter(log, '10-21.0')).toEqual([]);
  });

  it('keeps its readers where they are while it gives back space', () => {
    const log = aLog({ ...PLENTY, maxEvents: 4 });
    let cursor = log.end();
    const read: string[] = [];
    for (let i = 0; i < 50; i++) {
      log.append([PUBLISHED], 0);
      const event = log.at(cursor++);
      read.push(typeof event === 'string' ? event : event.id);
    }
    expect(read).toEqual(Array.from({ length: 50 }, (_, i) => `10-${i + 1}.0`));
  });

  it('that forgot an earlier life knows no id of it, and tells later ones', () => {
    const log = aLog();
    log.append([PUBLISHED], 0);
    log.appendPassing(CONNECTED, 0);
    log.forget(1_000);
    expect(log.cursorAfter('10-1.0')).toBeUndefined();
    expect(log.cursorAfter('10-1.1')).toBeUndefined();
    log.appendPassing(CONNECTED, 0);
    expect(idsAfter(log, '10-1.1000')).toEqual(['10-1.1001']);
  });

  it('tells its listeners of every change until they have enough', () => {
    const log = aLog();
    let changes = 0;
    const end = log.subscribe(() => changes++);
    log.append([PUBLISHED, PUBLISHED], 0);
    log.append([], 0);
    log.appendPassing(CONNECTED, 0);
    end();
    log.append([PUBLISHED], 0);
    expect(changes).toBe(2);
  });
});
