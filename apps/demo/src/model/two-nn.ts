import type { Parameters } from '@fedops/parameters';
import { createSeeds, parametersOf } from '@fedops/tfjs';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';

/**
 * The "2NN" of McMahan et al. 2017: 784 pixels, two hidden layers of 200 units with ReLU, 10 logits;
 * 199,210 parameters. The same seed gives the same initial weights, Glorot's uniform ones.
 */
export function createTwoNn(seed: number): LayersModel {
  const nextSeed = createSeeds(seed);
  const kernelInitializer = () => initializers.glorotUniform({ seed: nextSeed() });
  const hidden = { units: 200, activation: 'relu' } as const;
  return sequential({
    layers: [
      layers.dense({ ...hidden, name: 'hidden1', inputShape: [784], kernelInitializer: kernelInitializer() }),
      layers.dense({ ...hidden, name: 'hidden2', kernelInitializer: kernelInitializer() }),
      layers.dense({ units: 10, name: 'logits', kernelInitializer: kernelInitializer() }),
    ],
  });
}

/** What a federation starts from; needs a backend of TensorFlow.js that is ready. */
export function initialParameters(seed: number): Parameters {
  const model = createTwoNn(seed);
  const parameters = parametersOf(model);
  model.dispose();
  return parameters;
}
