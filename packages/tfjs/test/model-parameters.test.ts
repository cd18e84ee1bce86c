import { createParameters, encodeParameters } from '@fedops/parameters';
import { beforeAll, expect, test } from '@jest/globals';
import { memory } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { applyParameters, parametersOf, signatureOf, useWasmBackend } from '../src/index.js';
import { aModel } from './points.js';

beforeAll(useWasmBackend);

test('names the weights of unnamed layers alike, however many models the process has built', () => {
  const build = () =>
    sequential({
      layers: [
        layers.dense({ units: 3, inputShape: [2] }),
        layers.batchNormalization(),
        layers.dense({ units: 1 }),
      ],
    });

  const [first, second] = [signatureOf(build()), signatureOf(build())];

  expect(first).toEqual([
    { name: 'dense_1/kernel', shape: [2, 3], dtype: 'float32' },
    { name: 'dense_1/bias', shape: [3], dtype: 'float32' },
    { name: 'batch_normalization_1/gamma', shape: [3], dtype: 'float32' },
    { name: 'batch_normalization_1/beta', shape: [3], dtype: 'float32' },
    { name: 'batch_normalization_1/moving_mean', shape: [3], dtype: 'float32' },
    { name: 'batch_normalization_1/moving_variance', shape: [3], dtype: 'float32' },
    { name: 'dense_2/kernel', shape: [3, 1], dtype: 'float32' },
    { name: 'dense_2/bias', shape: [1], dtype: 'float32' },
  ]);
  expect(second).toEqual(first);
});

test('keeps names and order where a layer is frozen', () => {
  const model = aModel();
  const before = signatureOf(model);

  model.layers[0]!.trainable = false;

  expect(signatureOf(model)).toEqual(before);
});

test('gives a nested model stable names too', () => {
  const build = () =>
    sequential({
      layers: [
        sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] }),
        layers.dense({ units: 1 }),
      ],
    });

  const [first, second] = [signatureOf(build()), signatureOf(build())];

  expect(second).toEqual(first);
  expect(new Set(first.map(({ name }) => name)).size).toBe(4);
});

test('what was taken from one model makes an equal one of another', () => {
  const [source, target] = [aModel(1), aModel(2)];
  expect(encodeParameters(parametersOf(target))).not.toEqual(encodeParameters(parametersOf(source)));

  applyParameters(target, parametersOf(source));

  expect(encodeParameters(parametersOf(target))).toEqual(encodeParameters(parametersOf(source)));
});

test('parameters are copies in both directions', () => {
  const model = aModel();
  const taken = parametersOf(model);
  const original = encodeParameters(taken);
  applyParameters(model, taken);

  taken.tensors[0]!.fill(0 as never);

  expect(encodeParameters(parametersOf(model))).toEqual(original);
});

test('refuses a signature that differs, naming the first tensor, and leaves the model as it was', () => {
  const model = aModel();
  const before = encodeParameters(parametersOf(model));
  const { signature, tensors } = parametersOf(aModel(2));
  const renamed = createParameters(
    signature.map((spec, i) => (i === 3 ? { ...spec, name: 'other/bias' } : spec)),
    tensors,
  );

  expect(() => applyParameters(model, renamed)).toThrow(
    expect.objectContaining({
      code: 'shape-mismatch',
      details: expect.objectContaining({
        index: 3,
        expected: expect.objectContaining({ name: 'output/bias' }),
      }),
    }),
  );
  expect(encodeParameters(parametersOf(model))).toEqual(before);
});

test('holds no further tensors after applying', () => {
  const model = aModel();
  const parameters = parametersOf(model);
  const { numTensors, numDataBuffers } = memory();

  for (let i = 0; i < 10; i++) applyParameters(model, parameters);

  expect(memory()).toMatchObject({ numTensors, numDataBuffers });
});

test('the same seed gives the same initial weights, another seed others', () => {
  const bytes = (seed: number) => encodeParameters(parametersOf(aModel(seed)));

  expect(bytes(0)).toEqual(bytes(0));
  expect(bytes(0)).not.toEqual(bytes(1));
});
