import { FedOpsError } from './error.js';

/**
 * True for the error of a call that no attempt can have brought to the service: no connection, 429 or 503 each
 * time. Then even a report that counts whenever it is heard may be made again later.
 */
export function isUnheard(error: unknown): boolean {
  return FedOpsError.is(error) && error.details.unheard === true;
}
