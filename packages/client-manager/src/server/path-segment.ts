import { FedOpsError } from '@fedops/shared-types';

/**
 * An id as one segment of a path.
 *
 * @throws {FedOpsError} `invalid-argument` for `.` and `..`, which no encoding keeps from changing the path.
 */
export function pathSegment(id: string): string {
  if (id === '.' || id === '..') {
    throw new FedOpsError('invalid-argument', `${JSON.stringify(id)} cannot stand as an id in a URL`);
  }
  return encodeURIComponent(id);
}
