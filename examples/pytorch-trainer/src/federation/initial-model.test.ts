import { expect, test } from '@jest/globals';
import { initialModel } from './initial-model.js';

test('the same seed gives the same model, another gives another', () => {
  expect(initialModel(1)).toEqual(initialModel(1));
  expect(initialModel(2)).not.toEqual(initialModel(1));
});

test('weights fill their range and no more, biases are zero', () => {
  const [hidden, hiddenBias] = initialModel(1).tensors as readonly Float32Array[];
  const largest = hidden!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

  expect(largest).toBeLessThanOrEqual(1 / 28);
  expect(largest).toBeGreaterThan(0.99 / 28);
  expect(new Set(hiddenBias)).toEqual(new Set([0]));
});
