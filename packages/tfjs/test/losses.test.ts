import { beforeAll, expect, test } from '@jest/globals';
import { softmax, tensor2d } from '@tensorflow/tfjs-core';
import { useWasmBackend } from '../src/index.js';
import {
  meanSquaredError,
  probabilityCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from '../src/losses.js';

beforeAll(useWasmBackend);

const targets = () => tensor2d([1, 0, 0, 0, 1, 0], [2, 3]);
const outputs = () => tensor2d([2, 1, 0, 0, 1, 3], [2, 3]);

test('cross-entropy is the mean over the batch of -log p of the true class', () => {
  const row = (logits: number[], truth: number) =>
    -Math.log(Math.exp(logits[truth]!) / logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
  const expected = (row([2, 1, 0], 0) + row([0, 1, 3], 1)) / 2;

  expect(softmaxCrossEntropy(targets(), outputs()).dataSync()[0]).toBeCloseTo(expected, 5);
  expect(probabilityCrossEntropy(targets(), softmax(outputs())).dataSync()[0]).toBeCloseTo(expected, 5);
});

test('sigmoid cross-entropy takes each output for itself', () => {
  const loss = sigmoidCrossEntropy(tensor2d([1, 0], [2, 1]), tensor2d([0.5, -2], [2, 1])).dataSync()[0];

  expect(loss).toBeCloseTo((Math.log1p(Math.exp(-0.5)) + Math.log1p(Math.exp(-2))) / 2, 5);
});

test('mean squared error is the mean of squared differences', () => {
  expect(meanSquaredError(targets(), outputs()).dataSync()[0]).toBeCloseTo((1 + 1 + 0 + 0 + 0 + 9) / 6, 5);
});
