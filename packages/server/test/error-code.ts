import { FedOpsError } from '@fedops/shared-types';

/** Code of the FedOpsError that the work throws; whatever else it throws goes on. */
export function codeThrownBy(work: () => unknown): string {
  return errorThrownBy(work).code;
}

/** The FedOpsError that the work throws. */
export function errorThrownBy(work: () => unknown): FedOpsError {
  try {
    work();
  } catch (error) {
    return oursOnly(error);
  }
  throw new Error('expected an error, nothing was thrown');
}

/** The FedOpsError that the promise rejects with. */
export async function rejectionOf(work: Promise<unknown>): Promise<FedOpsError> {
  try {
    await work;
  } catch (error) {
    return oursOnly(error);
  }
  throw new Error('expected a rejection, the promise resolved');
}

function oursOnly(error: unknown): FedOpsError {
  if (FedOpsError.is(error)) return error;
  throw error;
}
