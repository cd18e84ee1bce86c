import type { EvaluateOutput, TrainerContext } from '@fedops/client-session';
import { passOver } from './batch-pass.js';
import { createBatchReader } from './batches.js';
import { exampleCount } from './dataset.js';
import { type Learner, measureBatch } from './learner.js';
import { createPauses } from './pauses.js';
import { accuracyOf, lossOf } from './tally.js';

/**
 * Measures the model as it is on the whole data set.
 *
 * @throws {FedOpsError} `aborted`; `internal` where the loss is no finite number.
 */
export async function evaluate(
  learner: Learner,
  { batchSize, pauseEveryMs }: { readonly batchSize: number; readonly pauseEveryMs: number },
  context: TrainerContext,
): Promise<EvaluateOutput> {
  const { dataset } = learner;
  const total = exampleCount(dataset);
  const readBatch = createBatchReader(dataset, Math.min(batchSize, total));
  const tally = await passOver(
    Uint32Array.from({ length: total }, (_, i) => i),
    batchSize,
    {
      work: (indices) => measureBatch(learner, readBatch(indices)),
      signal: context.signal,
      progress: (done) => context.progress(done / total),
      pause: createPauses(pauseEveryMs),
    },
  );
  return { loss: lossOf(tally), numExamples: total, metrics: accuracyOf(tally, dataset.targets) };
}
