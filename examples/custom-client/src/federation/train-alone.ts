import type { Airport } from '../airports/airport.js';
import type { FitConfig } from '../client/fit-config.js';
import { fnv1a } from '../model/hash.js';
import { descend, type LogisticModel } from '../model/logistic-regression.js';
import { createRandom } from '../model/random.js';
import { untrainedModel } from '../model/strike-model.js';

/** The model that an airport gets from its own rows, without any federation. */
export function trainAlone({ name, training }: Airport, fit: FitConfig, seed: number): LogisticModel {
  const random = createRandom(fnv1a(`alone/${seed}/${name}`));
  let model = untrainedModel();
  for (let epoch = 0; epoch < fit.localEpochs; epoch++) model = descend(model, training, fit, random);
  return model;
}
