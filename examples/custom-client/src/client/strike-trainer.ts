import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Trainer } from '@fedops/client-session';
import { FedOpsError } from '@fedops/shared-types';
import type { Airport } from '../airports/airport.js';
import { areaUnderCurve } from '../model/area-under-curve.js';
import { crossEntropy, descend } from '../model/logistic-regression.js';
import { createRandom } from '../model/random.js';
import { ratingsOf } from '../model/ratings.js';
import { modelOf, parametersOf } from '../model/strike-model.js';
import { readFitConfig } from './fit-config.js';

/**
 * A trainer of logistic regression on one airport's strikes: nothing but this and the maths in `model/`.
 *
 * An epoch takes a few milliseconds, so this runs on the event loop and lets go of it after each; a heavier model
 * belongs behind `workerTrainer`.
 */
export function createStrikeTrainer({ training, heldOut }: Airport): Trainer {
  return {
    async fit({ parameters, config, seed }, { signal, progress }) {
      const { localEpochs, ...descent } = readFitConfig(config);
      const random = createRandom(seed);
      let model = modelOf(parameters);
      for (let epoch = 1; epoch <= localEpochs; epoch++) {
        if (signal.aborted) throw new FedOpsError('aborted', 'the fit is no longer wanted');
        model = descend(model, training, descent, random);
        progress(epoch / localEpochs);
        await nextTurn();
      }
      const metrics = { loss: crossEntropy(model, training) };
      return { parameters: parametersOf(model), numExamples: training.length, metrics };
    },

    async evaluate({ parameters }) {
      const model = modelOf(parameters);
      const metrics = { auc: areaUnderCurve(ratingsOf(model, heldOut)) };
      return { loss: crossEntropy(model, heldOut), numExamples: heldOut.length, metrics };
    },
  };
}
