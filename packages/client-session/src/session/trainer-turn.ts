import { orAborted } from './time-limit.js';

/** Sees to it that a trainer works on one thing at a time, even one that ignores its abort signal. */
export interface TrainerTurn {
  /**
   * Calls the trainer once its last call has returned.
   *
   * @throws the signal's reason as soon as that aborts, even while the call goes on.
   */
  take<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Resolves once no call is under way. */
  free(): Promise<void>;
}

/** A turn that is free. */
export function createTrainerTurn(): TrainerTurn {
  let free: Promise<void> = Promise.resolve();
  return {
    free: () => free,
    async take(call, signal) {
      await orAborted(free, signal);
      const running = call();
      free = running.then(
        () => undefined,
        () => undefined,
      );
      return orAborted(running, signal);
    },
  };
}
