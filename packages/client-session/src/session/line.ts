import { FedOpsError, PROTOCOL_VERSION, type Registration } from '@fedops/shared-types';
import type { Connection } from '../connection.js';
import { retryDelayMs } from './backoff.js';
import type { SessionParts, SessionSettings } from './session.js';
import type { StateRecord } from './state-record.js';
import { withTimeLimit } from './time-limit.js';
import { toldSignature } from './told-signature.js';
import { mayRegisterLater } from './verdict.js';

/** A registration that has no answer after so long is tried again. */
const CONNECT_WITHIN_MS = 30_000;

/** The poll that follows a registration must have begun by then. */
export const POLL_WITHIN_MS = 40_000;

/** The client's line to its server, registered anew whenever the server forgot the client. */
export interface Line {
  /** The connection in use, undefined before the first registration. */
  current(): Connection | undefined;
  /**
   * A connection newer than `stale`: the one in use where somebody renewed it already, otherwise a new
   * registration, one at a time, tried until `deadline`.
   *
   * @throws {FedOpsError} with the reason why there is none; the signal's reason when that aborts.
   */
  renew(stale: Connection | undefined, deadline: number): Promise<Connection>;
}

/** What a line is made of. */
export interface LineParts extends Required<SessionParts> {
  readonly record: StateRecord;
  /** Ends every attempt. */
  readonly signal: AbortSignal;
}

/** A line without a connection yet. */
export function createLine(parts: LineParts, settings: SessionSettings): Line {
  let current: Connection | undefined;
  let pending: Promise<Connection> | undefined;
  return {
    current: () => current,
    renew(stale, deadline) {
      if (current !== undefined && current !== stale) return Promise.resolve(current);
      pending ??= registerUntil(deadline, parts, settings)
        .then((connection) => {
          current = connection;
          return connection;
        })
        .finally(() => {
          pending = undefined;
        });
      return pending;
    },
  };
}

async function registerUntil(
  deadline: number,
  parts: LineParts,
  settings: SessionSettings,
): Promise<Connection> {
  const { clock, record, random, signal } = parts;
  const from = clock.now();
  for (let attempt = 1; ; attempt++) {
    record.dispatch({ kind: 'connect-began', at: clock.now() });
    try {
      const connection = await register(parts, settings);
      const { runId } = connection.registration;
      const at = clock.now();
      record.dispatch({ kind: 'connected', at, runId, deadline: at + POLL_WITHIN_MS });
      return connection;
    } catch (cause) {
      signal.throwIfAborted();
      const error = FedOpsError.from(cause);
      const at = clock.now();
      if (!mayRegisterLater(error.code)) throw error;
      if (at >= deadline) throw givenUp(error, at - from);
      const nextAttemptAt = Math.min(deadline, at + retryDelayMs(error, attempt, random()));
      record.dispatch({ kind: 'connect-failed', at, error: factsOf(error), nextAttemptAt });
      await clock.sleep(nextAttemptAt - at, signal);
    }
  }
}

function register(parts: LineParts, { taskId, identity, status }: SessionSettings): Promise<Connection> {
  const { clientId, key } = identity;
  const signature = toldSignature(parts.trainer);
  const registration: Registration = {
    protocolVersion: PROTOCOL_VERSION,
    taskId,
    clientId,
    key,
    status: status(parts.record.state()),
    ...(signature === undefined ? {} : { signature: [...signature] }),
  };
  const { clock, signal } = parts;
  return withTimeLimit({ clock, ms: CONNECT_WITHIN_MS, signal }, (within) =>
    parts.transport.connect(registration, { signal: within }),
  );
}

/** What a state tells of an error. */
export function factsOf({ code, message }: FedOpsError): { code: FedOpsError['code']; message: string } {
  return { code, message };
}

/** The error that ends a session whose server could not be reached, or not be joined, for so long. */
export function givenUp(last: FedOpsError, afterMs: number): FedOpsError {
  const code = last.code === 'conflict' ? 'conflict' : 'unavailable';
  const seconds = Math.round(afterMs / 1000);
  return new FedOpsError(code, `no connection for ${seconds} s; the last attempt: ${last.message}`, {
    cause: last,
  });
}
