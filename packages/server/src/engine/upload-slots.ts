import { FedOpsError } from '@fedops/shared-types';

/** Bounds how many uploads go on at a time. */
export interface UploadSlots {
  /**
   * Takes a slot and returns the way to give it back, which may be called twice.
   *
   * @throws {FedOpsError} `overloaded` with `details.retryAfterMs` where none is free.
   */
  take(): () => void;
}

const RETRY_AFTER_MS = 1_000;

export function createUploadSlots(count: number): UploadSlots {
  let taken = 0;
  return {
    take() {
      if (taken >= count) {
        throw new FedOpsError('overloaded', `${count} uploads are under way already`, {
          details: { retryAfterMs: RETRY_AFTER_MS },
        });
      }
      taken++;
      let isHeld = true;
      return () => {
        if (isHeld) taken--;
        isHeld = false;
      };
    },
  };
}
