import type { FitInput, Trainer, TrainerContext } from '@fedops/client-session';
import { parseWith } from '@fedops/shared-types';
import { z } from 'zod';
import type { Digits } from './digits.js';
import { DIGITS_SIGNATURE, softmaxOf } from './digits-model.js';
import { loadDigits } from './load-digits.js';
import { randomOrder } from './random-order.js';
import { descend, measure, type Softmax } from './softmax.js';
import { trainingDigits } from './split-digits.js';

const PartSchema = z.object({ part: z.int().min(1), of: z.int().min(1).max(100) });

const FitConfigSchema = z.object({
  localEpochs: z.int().min(1).default(1),
  batchSize: z.int().min(1).default(16),
  learningRate: z.number().gt(0).default(0.5),
});

/**
 * Module of a worker: trains the sample model on one part of the digits.
 *
 * @param data `{ part, of }`, from 1: which of how many parts.
 * @throws {FedOpsError} `invalid-argument` for a part that is not there; `storage` where the digits cannot be read.
 */
export async function createTrainer(data: unknown): Promise<Trainer> {
  const digits = trainingDigits(await loadDigits(), parseWith(PartSchema, data, 'part of the digits'));
  return {
    signature: DIGITS_SIGNATURE,
    async fit(input, context) {
      const model = softmaxOf(input.parameters);
      const before = measure(model, digits);
      fit(model, digits, input, context);
      const { loss, accuracy } = measure(model, digits);
      return {
        parameters: input.parameters,
        numExamples: digits.count,
        metrics: { loss, accuracy, lossBefore: before.loss },
      };
    },
    async evaluate({ parameters }) {
      const { loss, accuracy } = measure(softmaxOf(parameters), digits);
      return { loss, numExamples: digits.count, metrics: { accuracy } };
    },
  };
}

function fit(
  model: Softmax,
  digits: Digits,
  { config, seed }: FitInput,
  { signal, progress }: TrainerContext,
): void {
  const { localEpochs, batchSize, learningRate } = parseWith(FitConfigSchema, config, 'config of the fit');
  for (let epoch = 0; epoch < localEpochs; epoch++) {
    const order = randomOrder(digits.count, (seed + epoch) >>> 0);
    for (let at = 0; at < order.length; at += batchSize) {
      signal.throwIfAborted();
      descend(model, digits, order.subarray(at, at + batchSize), learningRate);
    }
    progress((epoch + 1) / localEpochs);
  }
}
