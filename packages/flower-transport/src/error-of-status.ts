import { FedOpsError, type FedOpsErrorCode } from '@fedops/shared-types';
import { type StatusObject, status } from '@grpc/grpc-js';

/** Why a stream is over, as its status tells. */
export function errorOfStatus({ code, details }: Pick<StatusObject, 'code' | 'details'>): FedOpsError {
  if (code === status.OK) {
    return new FedOpsError('unavailable', 'the Flower server closed the stream without ending the run');
  }
  const name = status[code] ?? `status ${code}`;
  return new FedOpsError(
    CODE_OF[code] ?? 'unavailable',
    `the stream of the Flower server broke: ${name} ${details}`,
  );
}

/** What is not here may pass: another stream may do better. */
const CODE_OF: Readonly<Partial<Record<status, FedOpsErrorCode>>> = {
  [status.UNIMPLEMENTED]: 'unsupported',
  [status.UNAUTHENTICATED]: 'permission-denied',
  [status.PERMISSION_DENIED]: 'permission-denied',
  [status.RESOURCE_EXHAUSTED]: 'overloaded',
  [status.DEADLINE_EXCEEDED]: 'deadline-exceeded',
};
