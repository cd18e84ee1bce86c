import { FedOpsError, type RunEvent, type RunView } from '@fedops/shared-types';
import type { Response } from 'express';
import type { Clock, Timer } from '../clock.js';
import { onceATurn } from '../engine/once-a-turn.js';
import type { EventLog } from '../events/event-log.js';

export interface EventStreamsParts {
  readonly events: EventLog;
  readonly view: () => RunView;
  readonly clock: Clock;
}

/** The open streams of a run's events. */
export interface EventStreams {
  /**
   * Begins a stream: with what came after the event of this id, or with the whole picture where there is no id or
   * that is not remembered.
   *
   * @throws {FedOpsError} `overloaded` where as many are open as may be.
   */
  open(response: Response, after: string | undefined): void;
  /** Ends all streams. */
  close(): void;
}

/** Each costs a socket and a little work for every event; more readers share a proxy that fans out. */
const MAX_STREAMS = 64;
const BUSY_RETRY_MS = 5_000;
/** Shorter than the idle time of common proxies, 60 s. */
const KEEP_ALIVE_MS = 15_000;
/** A reader that takes nothing for so many keep-alives is gone, or as good as gone. */
const CUT_AFTER_KEEP_ALIVES = 2;
/** Small enough that a slow reader is seen to go on. */
const CHUNK_BYTES = 64 * 1024;

export function createEventStreams({ events, view, clock }: EventStreamsParts): EventStreams {
  const open = new Set<() => void>();

  function run(response: Response, after: string | undefined): () => void {
    let cursor = after === undefined ? undefined : events.cursorAfter(after);
    let unsent = Buffer.alloc(0);
    let isBlocked = false;
    let missedKeepAlives = 0;
    let keepAlive: Timer;

    /** Writes no more than the socket takes: what is not written yet waits in the log, which is bounded. */
    function write(): void {
      while (!isBlocked && !response.destroyed) {
        if (unsent.length === 0) unsent = Buffer.from(nextText());
        if (unsent.length === 0) return;
        isBlocked = !response.write(unsent.subarray(0, CHUNK_BYTES));
        unsent = unsent.subarray(CHUNK_BYTES);
      }
    }

    function nextText(): string {
      if (cursor === undefined || events.at(cursor) === 'lost') {
        cursor = events.end();
        return frameOf('reset', events.lastId(), JSON.stringify(resetOf()));
      }
      let text = '';
      while (text.length < CHUNK_BYTES) {
        const event = events.at(cursor);
        if (typeof event === 'string') break;
        text += frameOf(event.kind, event.id, event.json);
        cursor++;
      }
      return text;
    }

    function resetOf(): Extract<RunEvent, { kind: 'reset' }> {
      const picture = view();
      const at = new Date(clock.now()).toISOString();
      return { id: events.lastId(), at, runId: picture.runId, kind: 'reset', view: picture };
    }

    function keepAliveOrCut(): void {
      missedKeepAlives = isBlocked ? missedKeepAlives + 1 : 0;
      if (missedKeepAlives >= CUT_AFTER_KEEP_ALIVES) return void response.destroy();
      if (!isBlocked) isBlocked = !response.write(': still here\n\n');
      keepAlive = clock.after(KEEP_ALIVE_MS, keepAliveOrCut);
    }

    // In a turn of its own: a reader never delays the step that it is told of.
    const unsubscribe = events.subscribe(onceATurn(write));
    response.on('drain', () => {
      isBlocked = false;
      write();
    });
    keepAlive = clock.after(KEEP_ALIVE_MS, keepAliveOrCut);
    write();
    return () => {
      unsubscribe();
      keepAlive.cancel();
    };
  }

  return {
    open(response, after) {
      if (open.size >= MAX_STREAMS) {
        throw new FedOpsError('overloaded', `${MAX_STREAMS} event streams are open; no more are`, {
          details: { retryAfterMs: BUSY_RETRY_MS },
        });
      }
      response.status(200).set({
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store, no-transform',
        // nginx would hold events back until its buffer is full.
        'X-Accel-Buffering': 'no',
      });
      response.flushHeaders();
      const stop = run(response, after);
      const end = () => response.end();
      open.add(end);
      response.once('close', () => {
        open.delete(end);
        stop();
      });
    },
    close() {
      for (const end of open) end();
    },
  };
}

/** One SSE message; JSON has no line breaks in it. */
function frameOf(kind: string, id: string, json: string): string {
  return `id: ${id}\nevent: ${kind}\ndata: ${json}\n\n`;
}
