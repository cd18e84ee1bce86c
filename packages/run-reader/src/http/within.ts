import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';

/** A signal that also aborts when nothing was heard for so long, and the ways to put that off and to let it go. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Something was heard: the time begins anew. */
  renew(): void;
  end(): void;
}

/** Aborts with `deadline-exceeded` when the time is up, and as `outer` does. */
export function patience(clock: Clock, ms: number, outer: AbortSignal | undefined): Patience {
  const controller = new AbortController();
  const giveUp = () =>
    controller.abort(new FedOpsError('deadline-exceeded', `nothing came from the FL server for ${ms} ms`));
  const follow = () => controller.abort(outer?.reason);
  let timer = clock.after(ms, giveUp);
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    renew() {
      timer.cancel();
      timer = clock.after(ms, giveUp);
    },
    end() {
      timer.cancel();
      outer?.removeEventListener('abort', follow);
    },
  };
}

/** Resolves after so many milliseconds. @throws {FedOpsError} `aborted` when the signal says so. */
export function pause(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      timer.cancel();
      reject(new FedOpsError('aborted', 'reading was aborted', { cause: signal?.reason }));
    };
    const timer = clock.after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
