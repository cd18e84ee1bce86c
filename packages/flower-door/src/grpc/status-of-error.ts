import { FedOpsError, type FedOpsErrorCode } from '@fedops/shared-types';

/** How a gRPC stream ends. */
export interface GrpcStatus {
  /** Its number on the wire. */
  readonly code: number;
  readonly details: string;
}

/** The numbers of those that we use. See gRPC, "Status codes and their use in gRPC". */
const STATUS = {
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const;

/** The status of a stream that ends well. */
export const OK: GrpcStatus = { code: 0, details: '' };

/** Details travel in a header, and a peer that is sent a long one may get none at all. */
const MAX_DETAILS_LENGTH = 1_000;

/** The status that ends a stream, which Python shows to whoever runs the client. */
export function statusOfError(error: unknown): GrpcStatus {
  if (!FedOpsError.is(error)) return { code: STATUS.INTERNAL, details: 'an error within the server' };
  return { code: STATUS_OF[error.code], details: error.message.slice(0, MAX_DETAILS_LENGTH) };
}

const STATUS_OF: Readonly<Record<FedOpsErrorCode, number>> = {
  'invalid-argument': STATUS.INVALID_ARGUMENT,
  'shape-mismatch': STATUS.INVALID_ARGUMENT,
  'not-found': STATUS.NOT_FOUND,
  conflict: STATUS.ALREADY_EXISTS,
  'stale-round': STATUS.FAILED_PRECONDITION,
  unauthenticated: STATUS.UNAUTHENTICATED,
  'permission-denied': STATUS.PERMISSION_DENIED,
  'too-large': STATUS.RESOURCE_EXHAUSTED,
  overloaded: STATUS.RESOURCE_EXHAUSTED,
  'deadline-exceeded': STATUS.DEADLINE_EXCEEDED,
  unavailable: STATUS.UNAVAILABLE,
  aborted: STATUS.ABORTED,
  'bad-response': STATUS.INVALID_ARGUMENT,
  unsupported: STATUS.UNIMPLEMENTED,
  storage: STATUS.UNAVAILABLE,
  internal: STATUS.INTERNAL,
};
