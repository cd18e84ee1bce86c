import { FedOpsError } from '@fedops/shared-types';
import {
  add,
  type Optimizer,
  type Scalar,
  type Tensor,
  tensor,
  tidy,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { countCorrect } from './accuracy.js';
import type { Batch } from './batches.js';
import { type Dataset, targetShape } from './dataset.js';
import type { Loss } from './losses.js';
import type { Tally } from './tally.js';

/** A model together with what its batches mean. */
export interface Learner {
  readonly model: LayersModel;
  readonly dataset: Dataset;
  readonly loss: Loss;
}

/**
 * One step of the optimizer on one batch; returns what the batch measured before the step, the model's
 * regularisation included in the loss.
 *
 * @throws {FedOpsError} `internal` where the loss is not finite; the step is then done and its weights are lost.
 */
export function stepOnBatch(learner: Learner, optimizer: Optimizer, batch: Batch): Tally {
  const { model, dataset, loss } = learner;
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable);
  return tidy(() => {
    const { features, targets } = tensorsOf(batch, dataset);
    let correct = 0;
    const cost = optimizer.minimize(
      () => {
        const outputs = model.apply(features, { training: true }) as Tensor;
        correct = correctIn(outputs, batch, dataset);
        return model.calculateLosses().reduce((sum, part) => add<Scalar>(sum, part), loss(targets, outputs));
      },
      true,
      variables,
    );
    return tallyOf(cost!, batch, correct);
  });
}

/**
 * What the model measures on one batch, without regularisation.
 *
 * @throws {FedOpsError} `internal` where the loss is not finite.
 */
export function measureBatch({ model, dataset, loss }: Learner, batch: Batch): Tally {
  return tidy(() => {
    const { features, targets } = tensorsOf(batch, dataset);
    const outputs = model.apply(features, { training: false }) as Tensor;
    return tallyOf(loss(targets, outputs), batch, correctIn(outputs, batch, dataset));
  });
}

function tensorsOf(
  { size, features, targets }: Batch,
  dataset: Dataset,
): { features: Tensor; targets: Tensor } {
  return {
    features: tensor(features, [size, ...dataset.featureShape], 'float32'),
    targets: tensor(targets, [size, ...targetShape(dataset.targets)], 'float32'),
  };
}

function correctIn(outputs: Tensor, batch: Batch, { targets }: Dataset): number {
  return targets.kind === 'classes' ? countCorrect(outputs.dataSync(), batch.targets, targets.classes) : 0;
}

function tallyOf(cost: Scalar, { size }: Batch, correct: number): Tally {
  const mean = cost.dataSync()[0]!;
  if (!Number.isFinite(mean)) {
    throw new FedOpsError(
      'internal',
      `the loss is ${mean}: expected a finite number; the learning rate may be too high, or the data not finite`,
    );
  }
  return { examples: size, loss: mean * size, correct };
}
