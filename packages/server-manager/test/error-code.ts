import { FedOpsError, type FedOpsErrorCode } from '@fedops/shared-types';

/** The code of the error that the work ends with; undefined where it succeeds. */
export async function codeOf(work: Promise<unknown> | (() => unknown)): Promise<FedOpsErrorCode | undefined> {
  try {
    await (typeof work === 'function' ? work() : work);
    return undefined;
  } catch (error) {
    if (FedOpsError.is(error)) return error.code;
    throw error;
  }
}
