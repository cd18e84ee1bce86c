import { ok, strictEqual } from 'node:assert/strict';
import { FedOpsError, type FedOpsErrorCode } from '@fedops/shared-types';
import type { Store } from '../store.js';

/** Something that every store does: a sentence, and a check that rejects where a store does not. */
export interface StoreRequirement {
  readonly name: string;
  check(store: Store): Promise<void>;
}

/** The error that the work is refused with, which must be of this code. */
export async function refuses(code: FedOpsErrorCode, work: Promise<unknown>): Promise<FedOpsError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  ok(FedOpsError.is(error), `expected a refusal with ${code}`);
  strictEqual(error.code, code);
  return error;
}
