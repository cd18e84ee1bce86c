import type { EventEmitter } from 'node:events';
import type { Clock, Timer } from '@fedops/server';

/** A client opens its stream as soon as it is connected; one that is far away has time for it. */
export const IDLE_MS = 60_000;

/** What of a session matters here: it emits `stream` and `close`. */
export interface IdlingSession extends EventEmitter {
  destroy(): void;
}

/** Ends a connection that has had no stream for {@link IDLE_MS}. */
export function limitIdling(session: IdlingSession, clock: Clock): void {
  let open = 0;
  let patience: Timer | undefined;

  function wait(): void {
    patience = clock.after(IDLE_MS, () => session.destroy());
  }

  session.on('stream', (stream: EventEmitter) => {
    open++;
    patience?.cancel();
    stream.once('close', () => {
      open--;
      if (open === 0) wait();
    });
  });
  session.once('close', () => {
    // Streams that close after their session wait for nothing.
    open = Number.POSITIVE_INFINITY;
    patience?.cancel();
  });
  wait();
}
