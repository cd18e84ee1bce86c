import type { Clock } from '@fedops/server';

/** Tells whoever listens that something changed. */
export interface Topic<T> {
  publish(what: T): void;
  /** Returns how to stop listening. */
  subscribe(listener: (what: T) => void): () => void;
}

export function createTopic<T>(): Topic<T> {
  const listeners = new Set<(what: T) => void>();
  return {
    publish(what) {
      for (const listener of [...listeners]) listener(what);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export interface WaitOptions<T> {
  /** Whether a change may be the one that is waited for. */
  concerns(what: T): boolean;
  readonly waitMs: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
}

/** The first thing that `look` finds, now or after a change; undefined where the wait ends before. */
export function waitFor<T, R>(
  { topic, clock }: { readonly topic: Topic<T>; readonly clock: Clock },
  look: () => R | undefined,
  { waitMs, signal, concerns }: WaitOptions<T>,
): Promise<R | undefined> {
  const found = look();
  if (found !== undefined || waitMs <= 0 || signal.aborted) return Promise.resolve(found);
  return new Promise((resolve) => {
    const end = (result: R | undefined) => {
      timer.cancel();
      unsubscribe();
      signal.removeEventListener('abort', giveUp);
      resolve(result);
    };
    const giveUp = () => end(undefined);
    const timer = clock.after(waitMs, giveUp);
    const unsubscribe = topic.subscribe((what) => {
      const result = concerns(what) ? look() : undefined;
      if (result !== undefined) end(result);
    });
    signal.addEventListener('abort', giveUp);
  });
}
