import { FedOpsError, type FedOpsErrorCode } from '@fedops/shared-types';
import { type StatusObject, status } from '@grpc/grpc-js';

/** The status that ends a stream, which Python shows to whoever runs the client. */
export function statusOfError(error: unknown): Pick<StatusObject, 'code' | 'details'> {
  if (!FedOpsError.is(error)) return { code: status.INTERNAL, details: 'an error within the server' };
  return { code: STATUS_OF[error.code], details: error.message };
}

const STATUS_OF: Readonly<Record<FedOpsErrorCode, status>> = {
  'invalid-argument': status.INVALID_ARGUMENT,
  'shape-mismatch': status.INVALID_ARGUMENT,
  'not-found': status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  'stale-round': status.FAILED_PRECONDITION,
  unauthenticated: status.UNAUTHENTICATED,
  'permission-denied': status.PERMISSION_DENIED,
  'too-large': status.RESOURCE_EXHAUSTED,
  overloaded: status.RESOURCE_EXHAUSTED,
  'deadline-exceeded': status.DEADLINE_EXCEEDED,
  unavailable: status.UNAVAILABLE,
  aborted: status.ABORTED,
  'bad-response': status.INVALID_ARGUMENT,
  unsupported: status.UNIMPLEMENTED,
  storage: status.UNAVAILABLE,
  internal: status.INTERNAL,
};
