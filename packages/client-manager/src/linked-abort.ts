import { FedOpsError } from '@fedops/shared-types';

/** A signal that ends with its parent, after a time, or when told to. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  /** Aborts, and lets go of the parent. */
  end(): void;
}

/**
 * A signal for one piece of work under a parent that lives on.
 *
 * `AbortSignal.any` is not used: what it makes stays registered with a long-lived parent.
 */
export function linkedAbort(parent: AbortSignal, withinMs?: number): LinkedAbort {
  const controller = new AbortController();
  const follow = () => controller.abort(parent.reason);
  const timer =
    withinMs === undefined
      ? undefined
      : setTimeout(() => controller.abort(new FedOpsError('deadline-exceeded', 'out of time')), withinMs);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      parent.removeEventListener('abort', follow);
      controller.abort(new FedOpsError('aborted', 'done'));
    },
  };
}
