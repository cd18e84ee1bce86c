import { FedOpsError } from '@fedops/shared-types';
import type { Clock } from '../clock.js';
import { inTime } from './in-time.js';

/** Longer than any disk takes that works, also to read and to flush gigabytes. */
export const DISK_PATIENCE_MS = 5 * 60_000;

/** What a server asks of the disk at its start: it waits for no answer longer than {@link DISK_PATIENCE_MS}. */
export interface PatientDisk {
  /**
   * What the work results in.
   *
   * @param what Names in the error what did not answer.
   * @param close Gives back what comes when nobody waits for it any more.
   * @throws {FedOpsError} `storage` when the time is over.
   */
  answer<T>(what: string, work: Promise<T>, close?: (late: T) => Promise<unknown>): Promise<T>;
  /**
   * Gives back what the start had taken. What is late can still change files, so all of it stays taken until that is
   * over, and nobody waits; never rejects.
   */
  giveBack(steps: () => Promise<void>): Promise<void>;
}

export function patientDisk(clock: Clock): PatientDisk {
  /** Settles when what was late has come and is given back. */
  let over: Promise<unknown> | undefined;

  function answer<T>(what: string, work: Promise<T>, close?: (late: T) => Promise<unknown>): Promise<T> {
    return inTime(clock, DISK_PATIENCE_MS, {
      work,
      late() {
        over = work.then(close).catch(() => {});
        return new FedOpsError(
          'storage',
          `${what}: the disk did not answer within ${DISK_PATIENCE_MS / 1000} s`,
        );
      },
    });
  }

  return {
    answer,
    async giveBack(steps) {
      if (over === undefined) await answer('what the start had taken', steps()).catch(() => {});
      else over.then(steps).catch(() => {});
    },
  };
}
