import { FedOpsError } from '@fedops/shared-types';
import { addTallies, EMPTY_TALLY, type Tally } from './tally.js';

/** What a pass over examples works with. */
export interface BatchPassParts {
  /** Does the work on one batch. */
  readonly work: (indices: Uint32Array) => Tally;
  readonly signal: AbortSignal;
  /** Called after each batch with the number of examples done in this pass. */
  readonly progress: (examples: number) => void;
  readonly pause: () => Promise<void>;
}

/**
 * Works through the examples batch by batch, the last of which may be smaller, and returns what all measured.
 *
 * @throws {FedOpsError} `aborted` before the next batch once the signal is set.
 */
export async function passOver(
  examples: Uint32Array,
  batchSize: number,
  parts: BatchPassParts,
): Promise<Tally> {
  const { work, signal, progress, pause } = parts;
  let tally = EMPTY_TALLY;
  for (let start = 0; start < examples.length; start += batchSize) {
    if (signal.aborted)
      throw new FedOpsError('aborted', 'the work is no longer wanted', { cause: signal.reason });
    tally = addTallies(tally, work(examples.subarray(start, start + batchSize)));
    progress(tally.examples);
    await pause();
  }
  return tally;
}
