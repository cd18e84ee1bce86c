import assert from 'node:assert/strict';
import { FedOpsError, type FedOpsErrorCode } from '@fedops/shared-types';

/** Passes where the promise rejects with a FedOpsError of this code. */
export async function rejectsWith(code: FedOpsErrorCode, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(FedOpsError.is(error), `expected a FedOpsError with code ${code}, got ${String(error)}`);
    assert.equal(error.code, code);
    return true;
  });
}
