import { FedOpsError } from '@fedops/shared-types';

/**
 * Passes ids that can stand in a path: of the others nobody could ask again.
 *
 * @param what Which field it is, for the message.
 * @throws {FedOpsError} `invalid-argument` for `.` and `..`, which no encoding keeps from changing the path.
 */
export function assertAddressable(what: string, id: string): void {
  if (id !== '.' && id !== '..') return;
  throw new FedOpsError('invalid-argument', `${what}: ${JSON.stringify(id)} cannot stand as an id in a URL`);
}
