import type { FitOutput, TrainerContext } from '@fedops/client-session';
import { firstNonFinite, type Parameters } from '@fedops/parameters';
import { FedOpsError } from '@fedops/shared-types';
import type { Optimizer } from '@tensorflow/tfjs-core';
import { type RandomGenerator, xoroshiro128plus } from 'pure-rand';
import { passOver } from './batch-pass.js';
import { createBatchReader } from './batches.js';
import { exampleCount } from './dataset.js';
import { drawIndices, shuffle } from './example-order.js';
import type { FitSettings } from './fit-settings.js';
import { type Learner, stepOnBatch } from './learner.js';
import { parametersOf } from './model-parameters.js';
import { createPauses } from './pauses.js';
import { accuracyOf, EMPTY_TALLY, lossOf } from './tally.js';

/** What a fit works with; it lets others run every `pauseEveryMs` milliseconds. */
export interface FitParts {
  readonly learner: Learner;
  readonly createOptimizer: (learningRate: number) => Optimizer;
  /** Called before each batch. */
  readonly seedDropouts: (random: RandomGenerator) => void;
  readonly pauseEveryMs: number;
}

/**
 * Trains the model from the weights that it has; the metrics are those of the last epoch.
 *
 * @throws {FedOpsError} `aborted`; `internal` where the loss or a weight is no finite number.
 */
export async function fit(
  { learner, createOptimizer, seedDropouts, pauseEveryMs }: FitParts,
  { localEpochs, batchSize, learningRate, maxExamples, seed }: FitSettings & { readonly seed: number },
  context: TrainerContext,
): Promise<FitOutput> {
  const { model, dataset } = learner;
  const random = xoroshiro128plus(seed);
  const total = exampleCount(dataset);
  const examples = drawIndices(total, Math.min(total, maxExamples), random);
  const readBatch = createBatchReader(dataset, Math.min(batchSize, examples.length));
  const pause = createPauses(pauseEveryMs);
  const optimizer = createOptimizer(learningRate);
  try {
    let tally = EMPTY_TALLY;
    for (let epoch = 0; epoch < localEpochs; epoch++) {
      shuffle(examples, random);
      tally = await passOver(examples, batchSize, {
        work: (indices) => {
          seedDropouts(random);
          return stepOnBatch(learner, optimizer, readBatch(indices));
        },
        signal: context.signal,
        progress: (done) => context.progress((epoch + done / examples.length) / localEpochs),
        pause,
      });
    }
    const parameters = parametersOf(model);
    assertDidNotDiverge(parameters);
    return {
      parameters,
      numExamples: examples.length,
      metrics: { loss: lossOf(tally), ...accuracyOf(tally, dataset.targets) },
    };
  } finally {
    optimizer.dispose();
  }
}

function assertDidNotDiverge({ signature, tensors }: Parameters): void {
  const at = tensors.findIndex((tensor) => firstNonFinite(tensor) >= 0);
  if (at < 0) return;
  throw new FedOpsError(
    'internal',
    `tensor ${signature[at]!.name}: training led to values that are not finite; the learning rate may be too high`,
  );
}
