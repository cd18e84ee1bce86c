import type { ClientId } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** Knows who was told how the run ended, so that a server does not vanish before its clients know. */
export interface Farewell {
  told(client: ClientId): void;
  /** Looks again who is still connected. */
  check(): void;
  /** Resolves once everybody who is connected was told, or after so many milliseconds. */
  complete(withinMs: number): Promise<void>;
}

export function createFarewell(clock: Clock, connected: () => readonly ClientId[]): Farewell {
  const told = new Set<ClientId>();
  const waiting = new Set<() => void>();
  const isComplete = () => connected().every((client) => told.has(client));

  function check(): void {
    if (waiting.size > 0 && isComplete()) for (const resolve of [...waiting]) resolve();
  }

  return {
    told(client) {
      told.add(client);
      check();
    },
    check,
    complete: (withinMs) =>
      new Promise((resolve) => {
        const done = () => {
          timer.cancel();
          waiting.delete(done);
          resolve();
        };
        const timer = clock.after(withinMs, done);
        waiting.add(done);
        check();
      }),
  };
}
