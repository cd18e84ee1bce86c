import { encodeParameters, type Parameters as ModelParameters } from '@fedops/parameters';
import type { Config } from '@fedops/shared-types';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { memory, train } from '@tensorflow/tfjs-core';
import { layers, regularizers, sequential } from '@tensorflow/tfjs-layers';
import {
  createTfjsTrainer,
  type Dataset,
  meanSquaredError,
  parametersOf,
  softmaxCrossEntropy,
  type TfjsTrainerParts,
  useWasmBackend,
} from '../src/index.js';
import { aContext, aDataset, aModel, aModelWith } from './points.js';

beforeAll(useWasmBackend);

function aTrainer(parts: Partial<TfjsTrainerParts> = {}) {
  return createTfjsTrainer({ model: aModel(), data: aDataset(), loss: softmaxCrossEntropy, ...parts });
}

function fitInput({ parameters = parametersOf(aModel()), config = {}, seed = 1 }: FitParts = {}) {
  return {
    parameters,
    config: { localEpochs: 1, batchSize: 8, learningRate: 0.5, ...config } as Config,
    seed,
    round: 1,
  };
}

interface FitParts {
  parameters?: ModelParameters;
  config?: Config;
  seed?: number;
}

/** y = w·x with w = 1 and one example: x = 2. */
function aLine({ target = 5, ...args }: { target?: number } & Partial<LayerArgs> = {}) {
  const line = layers.dense({
    units: 1,
    inputShape: [1],
    useBias: false,
    kernelInitializer: 'ones',
    ...args,
  });
  const targets = { kind: 'values', values: Float32Array.of(target), shape: [1] } as const;
  const data: Dataset = { features: Float32Array.of(2), featureShape: [1], targets };
  return { model: sequential({ layers: [line] }), data };
}

type LayerArgs = Parameters<typeof layers.dense>[0];

test('a trainer tells the signature of its model', () => {
  const model = aModel();
  expect(aTrainer({ model }).signature).toEqual(parametersOf(model).signature);
});

describe('fit', () => {
  test('learns, and says how well', async () => {
    const trainer = aTrainer();

    const { parameters, numExamples, metrics } = await trainer.fit(
      fitInput({ config: { localEpochs: 30 } }),
      aContext(),
    );
    const measured = await trainer.evaluate({ parameters, config: {}, round: 1, seed: 1 }, aContext());

    expect(numExamples).toBe(64);
    expect(metrics.accuracy).toBeGreaterThan(0.9);
    expect(measured.metrics.accuracy).toBeGreaterThan(0.95);
    expect(measured.loss).toBeLessThan(0.2);
  });

  test('gives a bit-equal update for equal parameters, config, seed and data', async () => {
    const [a, b] = await Promise.all(
      [aTrainer(), aTrainer()].map((each) => each.fit(fitInput({ config: { localEpochs: 3 } }), aContext())),
    );

    expect(encodeParameters(a!.parameters)).toEqual(encodeParameters(b!.parameters));
    expect(a!.metrics).toEqual(b!.metrics);
  });

  test('gives another update for another seed', async () => {
    const trainer = aTrainer();

    const a = await trainer.fit(fitInput({ seed: 1 }), aContext());
    const b = await trainer.fit(fitInput({ seed: 2 }), aContext());

    expect(encodeParameters(a.parameters)).not.toEqual(encodeParameters(b.parameters));
  });

  test('takes nothing over from an earlier fit, not even momentum', async () => {
    const parts = { optimizer: (rate: number) => train.momentum(rate, 0.9) };
    const used = aTrainer(parts);
    await used.fit(fitInput({ seed: 3, config: { learningRate: 0.1 } }), aContext());

    const again = await used.fit(fitInput({ config: { learningRate: 0.1 } }), aContext());
    const fresh = await aTrainer(parts).fit(fitInput({ config: { learningRate: 0.1 } }), aContext());

    expect(encodeParameters(again.parameters)).toEqual(encodeParameters(fresh.parameters));
  });

  test('gives bit-equal updates with dropout, whose masks start from the seed', async () => {
    const dropoutFit = (seed: number) => {
      const model = aModelWith(layers.dropout({ rate: 0.5 }));
      return aTrainer({ model }).fit(fitInput({ parameters: parametersOf(model), seed }), aContext());
    };

    const [a, b, other] = [await dropoutFit(1), await dropoutFit(1), await dropoutFit(2)];

    expect(encodeParameters(a.parameters)).toEqual(encodeParameters(b.parameters));
    expect(encodeParameters(a.parameters)).not.toEqual(encodeParameters(other.parameters));
  });

  test('draws at most maxExamples, and counts those', async () => {
    const { numExamples } = await aTrainer().fit(fitInput({ config: { maxExamples: 10 } }), aContext());

    expect(numExamples).toBe(10);
  });

  test('takes one step of plain SGD per batch', async () => {
    const { model, data } = aLine();
    const trainer = aTrainer({ model, data, loss: meanSquaredError });

    const input = fitInput({ parameters: parametersOf(model), config: { learningRate: 0.125 } });
    const { parameters, metrics } = await trainer.fit(input, aContext());

    // d/dw (2w - 5)² = 4 (2w - 5), which is -12 at w = 1.
    expect([...parameters.tensors[0]!]).toEqual([1 + 0.125 * 12]);
    expect(metrics).toEqual({ loss: 9 });
  });

  test('trains with the regularisation of the layers', async () => {
    const { model, data } = aLine({ target: 2, kernelRegularizer: regularizers.l2({ l2: 1 }) });
    const trainer = aTrainer({ model, data, loss: meanSquaredError });

    const input = fitInput({ parameters: parametersOf(model), config: { learningRate: 0.25 } });
    const { parameters } = await trainer.fit(input, aContext());

    // The loss is 0 at w = 1; d/dw w² = 2.
    expect([...parameters.tensors[0]!]).toEqual([0.5]);
  });

  test('trains the moving averages of a batch normalisation along', async () => {
    const model = aModelWith(layers.batchNormalization({ name: 'norm' }));
    const before = parametersOf(model);
    const { parameters } = await aTrainer({ model }).fit(fitInput({ parameters: before }), aContext());

    const at = before.signature.findIndex(({ name }) => name === 'norm/moving_mean');
    expect(parameters.tensors[at]).not.toEqual(before.tensors[at]);
  });

  test('holds as many tensors after 100 fits as after one', async () => {
    const trainer = aTrainer({ optimizer: (rate) => train.adam(rate) });
    const input = fitInput({ config: { learningRate: 0.01 } });
    await trainer.fit(input, aContext());
    await trainer.evaluate(input, aContext());
    const { numTensors, numDataBuffers } = memory();

    for (let i = 0; i < 100; i++) await trainer.fit(input, aContext());
    await trainer.evaluate(input, aContext());

    expect(memory()).toMatchObject({ numTensors, numDataBuffers });
  });

  test('tells its progress after each batch, up to 1', async () => {
    const told: number[] = [];
    const context = aContext({ progress: (fraction) => void told.push(fraction) });

    await aTrainer().fit(fitInput({ config: { localEpochs: 2, batchSize: 32 } }), context);

    expect(told).toEqual([0.25, 0.5, 0.75, 1]);
  });

  test('stops before the next batch when aborted, and can be used again', async () => {
    const trainer = aTrainer();
    const controller = new AbortController();
    let batches = 0;
    const abortInSecondBatch = () => {
      batches++;
      if (batches === 2) controller.abort();
    };

    const { signal } = controller;
    const fit = trainer.fit(fitInput(), aContext({ signal, progress: abortInSecondBatch }));

    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
    expect(batches).toBe(2);
    await expect(trainer.fit(fitInput(), aContext())).resolves.toMatchObject({ numExamples: 64 });
  });

  test('lets waiting events run', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1);

    const config = { localEpochs: 100_000, batchSize: 1 };
    const fit = aTrainer().fit(fitInput({ config }), aContext({ signal: controller.signal }));

    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
  });

  test('fails when the loss is no finite number', async () => {
    const parameters = parametersOf(aModel());
    parameters.tensors[0]!.fill(Number.NaN as never);

    await expect(aTrainer().fit(fitInput({ parameters }), aContext())).rejects.toMatchObject({
      code: 'internal',
    });
  });

  test('fails when the last step leaves weights that are not finite', async () => {
    const { model, data } = aLine();
    const trainer = aTrainer({ model, data, loss: meanSquaredError });

    const input = fitInput({ parameters: parametersOf(model), config: { learningRate: 1e38 } });

    await expect(trainer.fit(input, aContext())).rejects.toMatchObject({ code: 'internal' });
  });

  test('leaves no tensor behind when it fails', async () => {
    const trainer = aTrainer();
    const input = fitInput({ config: { learningRate: 3e38, localEpochs: 3 } });
    const { numTensors } = memory();

    await expect(trainer.fit(input, aContext())).rejects.toMatchObject({ code: 'internal' });

    expect(memory().numTensors).toBe(numTensors);
  });

  test('does one thing at a time', async () => {
    const trainer = aTrainer();
    const first = trainer.fit(fitInput({ config: { localEpochs: 10, batchSize: 1 } }), aContext());

    await expect(trainer.fit(fitInput(), aContext())).rejects.toMatchObject({ code: 'conflict' });
    await expect(first).resolves.toMatchObject({ numExamples: 64 });
  });

  test('refuses parameters of another signature, naming the tensor', async () => {
    const parameters = parametersOf(aModelWith(layers.dense({ units: 3, name: 'extra' })));

    await expect(aTrainer().fit(fitInput({ parameters }), aContext())).rejects.toMatchObject({
      code: 'shape-mismatch',
      details: { index: 2, actual: { name: 'extra/kernel' } },
    });
  });

  test.each([{ batchSize: 0 }, { localEpochs: 1.5 }, { learningRate: '0.1' }, { maxExamples: -1 }])(
    'refuses the config %j',
    async (config) => {
      await expect(aTrainer().fit(fitInput({ config: config as Config }), aContext())).rejects.toMatchObject({
        code: 'invalid-argument',
        details: { field: Object.keys(config)[0] },
      });
    },
  );
});

describe('evaluate', () => {
  test('measures the same in batches of any size', async () => {
    const parts = { model: aModel(), data: aDataset(), loss: softmaxCrossEntropy };
    const input = { parameters: parametersOf(parts.model), config: {}, round: 1, seed: 1 };

    const whole = await createTfjsTrainer(parts).evaluate(input, aContext());
    const inParts = await createTfjsTrainer(parts, { evaluationBatchSize: 7 }).evaluate(input, aContext());

    expect(inParts.metrics).toEqual(whole.metrics);
    expect(inParts.loss).toBeCloseTo(whole.loss, 6);
  });

  test('uses the evaluation data where there are some', async () => {
    const trainer = aTrainer({ evaluationData: aDataset({ side: 5 }) });
    const input = { parameters: parametersOf(aModel()), config: {}, round: 1, seed: 1 };

    await expect(trainer.evaluate(input, aContext())).resolves.toMatchObject({ numExamples: 25 });
  });

  test('drops nothing: a model in use is measured without dropout', async () => {
    const model = aModelWith(layers.dropout({ rate: 0.9 }));
    const trainer = aTrainer({ model });
    const input = { parameters: parametersOf(model), config: {}, round: 1, seed: 1 };

    const [a, b] = [await trainer.evaluate(input, aContext()), await trainer.evaluate(input, aContext())];

    expect(a).toEqual(b);
  });

  test('stops when aborted', async () => {
    const input = { parameters: parametersOf(aModel()), config: {}, round: 1, seed: 1 };

    await expect(aTrainer().evaluate(input, aContext({ signal: AbortSignal.abort() }))).rejects.toMatchObject(
      {
        code: 'aborted',
      },
    );
  });
});

describe('createTfjsTrainer', () => {
  test('refuses a data set whose shape is not the model input', () => {
    const data = { ...aDataset(), features: new Float32Array(64 * 3), featureShape: [3] };

    expect(() => aTrainer({ data })).toThrow(expect.objectContaining({ code: 'shape-mismatch' }));
  });

  test('refuses more classes than the model has outputs', () => {
    const labels = new Uint8Array(64);
    const data = { ...aDataset(), targets: { kind: 'classes', labels, classes: 3 } as const };

    expect(() => aTrainer({ data })).toThrow(expect.objectContaining({ code: 'shape-mismatch' }));
  });

  test('refuses layers whose randomness cannot be seeded', () => {
    const model = aModelWith(layers.gaussianNoise({ stddev: 0.1 }));

    expect(() => aTrainer({ model })).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  test.each([{ batchSize: 0 }, { evaluationBatchSize: 0 }])('refuses the setting %j', (settings) => {
    const parts = { model: aModel(), data: aDataset(), loss: softmaxCrossEntropy };

    expect(() => createTfjsTrainer(parts, settings)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});
