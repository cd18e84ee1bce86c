import { describe, expect, it } from '@jest/globals';
import type { Airport } from '../airports/airport.js';
import { createRandom } from '../model/random.js';
import { modelOf, parametersOf, untrainedModel } from '../model/strike-model.js';
import { FEATURE_COUNT } from '../strikes/encode-strike.js';
import { createStrikeTrainer } from './strike-trainer.js';

const config = { localEpochs: 4, batchSize: 8, learningRate: 0.5, l2: 0.01 };
const context = () => ({ signal: new AbortController().signal, progress: () => {} });
const start = () => ({ parameters: parametersOf(untrainedModel()), config, round: 1, seed: 11 });

function anAirport(): Airport {
  const random = createRandom(1);
  const examples = Array.from({ length: 60 }, (_, i) => {
    const features = new Float32Array(FEATURE_COUNT).map(() => random() - 0.5);
    features[0] = i % 3 === 0 ? 1 : 0;
    return { features, isPositive: i % 3 === 0 };
  });
  return { name: 'A', training: examples.slice(0, 40), heldOut: examples.slice(40) };
}

describe('the strike trainer', () => {
  it('improves the model on its own rows and says how many they are', async () => {
    const trainer = createStrikeTrainer(anAirport());
    const before = await trainer.evaluate(start(), context());
    const fit = await trainer.fit(start(), context());
    const after = await trainer.evaluate({ ...start(), parameters: fit.parameters }, context());
    expect(fit.numExamples).toBe(40);
    expect(before.metrics.auc).toBe(0.5);
    expect(after.metrics.auc).toBeGreaterThan(0.9);
    expect(after.loss).toBeLessThan(before.loss);
  });

  it('gives the same update for the same seed', async () => {
    const trainer = createStrikeTrainer(anAirport());
    const fit = async (seed: number) =>
      modelOf((await trainer.fit({ ...start(), seed }, context())).parameters);
    expect(await fit(1)).toEqual(await fit(1));
    expect(await fit(1)).not.toEqual(await fit(2));
  });

  it('stops within an epoch once its work is no longer wanted', async () => {
    const stop = new AbortController();
    const epochs: number[] = [];
    const progress = (fraction: number) => {
      epochs.push(fraction);
      stop.abort();
    };
    const fit = createStrikeTrainer(anAirport()).fit(start(), { signal: stop.signal, progress });
    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
    expect(epochs).toEqual([0.25]);
  });

  it.each([{ learningRate: 0 }, { batchSize: 1.5 }, { l2: 'none' }, { localEpochs: 1e9 }])(
    'refuses a server that tells it %j',
    async (wrong) => {
      const fit = createStrikeTrainer(anAirport()).fit(
        { ...start(), config: { ...config, ...wrong } },
        context(),
      );
      await expect(fit).rejects.toMatchObject({ code: 'invalid-argument' });
    },
  );

  it('refuses the parameters of another model', async () => {
    const { signature, tensors } = start().parameters;
    const parameters = { signature: signature.slice(1), tensors: tensors.slice(1) };
    const fit = createStrikeTrainer(anAirport()).fit({ ...start(), parameters }, context());
    await expect(fit).rejects.toMatchObject({ code: 'shape-mismatch' });
  });
});
