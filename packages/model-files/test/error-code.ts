import { FedOpsError } from '@fedops/shared-types';

/** The FedOpsError that the work throws; whatever else it throws goes on. */
export function errorThrownBy(work: () => unknown): FedOpsError {
  try {
    work();
  } catch (error) {
    if (FedOpsError.is(error)) return error;
    throw error;
  }
  throw new Error('expected an error, nothing was thrown');
}

/** Its code. */
export function codeThrownBy(work: () => unknown): string {
  return errorThrownBy(work).code;
}
