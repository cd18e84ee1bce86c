import type { Trainer } from '@fedops/client-session';
import { type Optimizer, train } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { assertDataset, type Dataset } from './dataset.js';
import { evaluate } from './evaluation.js';
import { createExclusion } from './exclusion.js';
import { fit } from './fit.js';
import { type FitSettings, readCount, readFitSettings } from './fit-settings.js';
import type { Loss } from './losses.js';
import { applyParameters, signatureOf } from './model-parameters.js';
import { assertFits } from './model-shape.js';
import { createDropoutSeeder } from './random-layers.js';

/** What a trainer works with. The model is the trainer's own: nobody else may train or change it. */
export interface TfjsTrainerParts {
  /** With one input and one output. */
  readonly model: LayersModel;
  /** What a fit trains on. */
  readonly data: Dataset;
  /** What an evaluation measures; `data` unless given. */
  readonly evaluationData?: Dataset;
  readonly loss: Loss;
  /** Makes the optimizer of one fit, which is disposed at its end; plain SGD unless given. */
  readonly optimizer?: (learningRate: number) => Optimizer;
}

/** What holds where the instruction's config says nothing. */
export interface TfjsTrainerSettings {
  /** Passes over the local examples; 1 unless given. */
  readonly localEpochs?: number;
  /** 32 unless given. */
  readonly batchSize?: number;
  /** 0.1 unless given. */
  readonly learningRate?: number;
  /** A fit trains on at most so many examples, drawn anew each time; all unless given. */
  readonly maxExamples?: number;
  /** Examples measured at a time in an evaluation; 500 unless given. */
  readonly evaluationBatchSize?: number;
}

const DEFAULTS: FitSettings = {
  localEpochs: 1,
  batchSize: 32,
  learningRate: 0.1,
  maxExamples: Number.POSITIVE_INFINITY,
};

/** Events wait about so long at most; the pauses cost some per cent of the time. */
const PAUSE_EVERY_MS = 50;

/**
 * A trainer around a TensorFlow.js model.
 *
 * A fit reads `localEpochs`, `batchSize`, `learningRate` and `maxExamples` from the instruction's config. The order
 * of the examples and the masks of dropout layers start from its seed, and nothing of an earlier fit takes part:
 * equal parameters, config, seed and data give an equal update, bit for bit, on the same backend. Its metrics are
 * `loss` and, for classes, `accuracy`: means over the last epoch, each batch measured before its step.
 *
 * Both methods throw `FedOpsError`: `shape-mismatch` for parameters of another signature, naming the first tensor
 * that differs; `invalid-argument` for a bad value in the config; `aborted`; `conflict` while another call is under
 * way; `internal` where the loss or a weight is no finite number.
 *
 * @throws {FedOpsError} `invalid-argument` for a bad setting or a data set whose parts do not belong together,
 *   `shape-mismatch` where model and data do not, `unsupported` for several inputs or outputs, for layers whose
 *   randomness cannot be seeded, and for weights as `signatureOf` refuses them.
 */
export function createTfjsTrainer(parts: TfjsTrainerParts, settings: TfjsTrainerSettings = {}): Trainer {
  const { model, data, evaluationData = data, loss, optimizer = train.sgd } = parts;
  const defaults = readFitSettings({ ...settings }, DEFAULTS);
  const evaluationBatchSize = readCount({ ...settings }, 'evaluationBatchSize', 500);
  for (const dataset of [data, evaluationData]) {
    assertDataset(dataset);
    assertFits(model, dataset);
  }
  const exclusively = createExclusion();
  const fitParts = {
    learner: { model, dataset: data, loss },
    createOptimizer: optimizer,
    seedDropouts: createDropoutSeeder(model),
    pauseEveryMs: PAUSE_EVERY_MS,
  };

  return {
    signature: signatureOf(model),
    fit: ({ parameters, config, seed }, context) =>
      exclusively(async () => {
        const fitSettings = readFitSettings(config, defaults);
        applyParameters(model, parameters);
        return fit(fitParts, { ...fitSettings, seed }, context);
      }),
    evaluate: ({ parameters }, context) =>
      exclusively(async () => {
        applyParameters(model, parameters);
        const learner = { model, dataset: evaluationData, loss };
        return evaluate(learner, { batchSize: evaluationBatchSize, pauseEveryMs: PAUSE_EVERY_MS }, context);
      }),
  };
}
