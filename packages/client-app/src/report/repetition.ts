import type { FedOpsError } from '@fedops/shared-types';

const PASSING = new Set(['unavailable', 'deadline-exceeded', 'overloaded']);
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** True for a failure that may be over the next time. */
export function isPassing(error: FedOpsError): boolean {
  return PASSING.has(error.code);
}

/**
 * True where the service cannot have acted on the request: no connection, or a status of 429 or 503. Then even a
 * report that counts each time it is heard may be sent again: docs/protocol.md 3.5.
 */
export function isUnheard({ cause, details }: FedOpsError): boolean {
  if (details.status === 429 || details.status === 503) return true;
  const code: unknown =
    typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' && NEVER_CONNECTED.has(code);
}
