import { FedOpsError } from '@fedops/shared-types';

/** An abort signal within a worker thread. */
export interface FlaggedSignal {
  readonly signal: AbortSignal;
  /** Fires the signal's `abort` event. */
  fire(): void;
}

/**
 * A signal that reads shared memory: `aborted` and `throwIfAborted` tell the truth even in a loop that never yields,
 * to which no message can come. The `abort` event comes with a message and so as soon as the loop yields.
 *
 * @param flag One element, 1 once aborted.
 */
export function flaggedSignal(flag: Int32Array): FlaggedSignal {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new FedOpsError('aborted', 'this work is no longer wanted');
  const isAborted = () => Atomics.load(flag, 0) === 1;
  Object.defineProperties(signal, {
    aborted: { get: isAborted },
    reason: { get: () => (isAborted() ? reason : undefined) },
    throwIfAborted: {
      value: () => {
        if (isAborted()) throw reason;
      },
    },
  });
  return { signal, fire: () => controller.abort(reason) };
}
