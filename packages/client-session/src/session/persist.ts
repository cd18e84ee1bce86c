import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import type { Connection } from '../connection.js';
import { retryDelayMs } from './backoff.js';
import { givenUp, type Line } from './line.js';
import { orAborted } from './time-limit.js';
import { isUnreachable, verdictOnWork } from './verdict.js';

/** How a call ended that was tried until it could not matter any more. */
export type Persisted<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** The server has moved on; nothing is to be done about it. */
  | { readonly kind: 'dropped'; readonly error: FedOpsError }
  /** It would fail the same way again. */
  | { readonly kind: 'refused'; readonly error: FedOpsError }
  /** The server is gone for longer than the session bears. */
  | { readonly kind: 'lost'; readonly error: FedOpsError };

/** What repeating a call needs. */
export interface PersistParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly line: Line;
  readonly reconnectForMs: number;
}

/** A call that may be made several times. */
export interface PersistedCall<T> {
  /** Ends the attempts: the deadline of the work, its abandonment, the session's stop. */
  readonly signal: AbortSignal;
  attempt(connection: Connection): Promise<T>;
  onFailure?(error: FedOpsError): void;
}

/**
 * Makes a call until it succeeds, is refused, or the server cannot be reached for `reconnectForMs`; registers again
 * where the server forgot the client.
 *
 * @throws the signal's reason when that aborts.
 */
export async function persist<T>(parts: PersistParts, call: PersistedCall<T>): Promise<Persisted<T>> {
  const { clock, line } = parts;
  let unreachableSince: number | undefined;
  for (let failures = 0; ; ) {
    const connection = line.current()!;
    try {
      return { kind: 'done', value: await orAborted(call.attempt(connection), call.signal) };
    } catch (cause) {
      call.signal.throwIfAborted();
      const error = FedOpsError.from(cause);
      const verdict = verdictOnWork(error.code);
      if (verdict === 'drop') return { kind: 'dropped', error };
      if (verdict === 'refused') return { kind: 'refused', error };
      failures += 1;
      call.onFailure?.(error);
      const now = clock.now();
      unreachableSince = isUnreachable(error.code) ? (unreachableSince ?? now) : undefined;
      if (unreachableSince !== undefined && now - unreachableSince >= parts.reconnectForMs) {
        return { kind: 'lost', error: givenUp(error, now - unreachableSince) };
      }
      // The first registration after `unauthenticated` need not wait: the server is there.
      if (verdict === 'again' || failures > 1) {
        await clock.sleep(retryDelayMs(error, failures, parts.random()), call.signal);
      }
      if (verdict === 'register') {
        const lost = await registerAgain(parts, connection, call.signal);
        if (lost !== undefined) return lost;
      }
    }
  }
}

async function registerAgain(
  { clock, line, reconnectForMs }: PersistParts,
  stale: Connection,
  signal: AbortSignal,
): Promise<{ kind: 'lost'; error: FedOpsError } | undefined> {
  try {
    await orAborted(line.renew(stale, clock.now() + reconnectForMs), signal);
    return undefined;
  } catch (cause) {
    signal.throwIfAborted();
    return { kind: 'lost', error: FedOpsError.from(cause) };
  }
}
