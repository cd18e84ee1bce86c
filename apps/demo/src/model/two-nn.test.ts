import { elementCount, encodeParameters } from '@fedops/parameters';
import { useWasmBackend } from '@fedops/tfjs';
import { beforeAll, expect, test } from '@jest/globals';
import { memory } from '@tensorflow/tfjs-core';
import { initialParameters } from './two-nn.js';

beforeAll(useWasmBackend);

test('has the 199,210 parameters of the paper', () => {
  const { signature } = initialParameters(1);

  expect(signature.reduce((sum, spec) => sum + elementCount(spec), 0)).toBe(199_210);
  expect(signature.map(({ name }) => name)).toEqual([
    'hidden1/kernel',
    'hidden1/bias',
    'hidden2/kernel',
    'hidden2/bias',
    'logits/kernel',
    'logits/bias',
  ]);
});

test('starts from the seed', () => {
  const bytes = (seed: number) => encodeParameters(initialParameters(seed));

  expect(Buffer.compare(bytes(1), bytes(1))).toBe(0);
  expect(Buffer.compare(bytes(1), bytes(2))).not.toBe(0);
});

test('leaves no tensor behind when asked for initial parameters only', () => {
  const { numTensors } = memory();

  initialParameters(3);

  expect(memory().numTensors).toBe(numTensors);
});
