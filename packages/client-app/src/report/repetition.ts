import type { FedOpsError } from '@fedops/shared-types';

const PASSING = new Set(['unavailable', 'deadline-exceeded', 'overloaded']);

/** True for a failure that may be over the next time. */
export function isPassing(error: FedOpsError): boolean {
  return PASSING.has(error.code);
}
