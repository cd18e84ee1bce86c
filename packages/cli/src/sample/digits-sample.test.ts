import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { parseDigits } from './digits.js';
import { initialDigitsModel, softmaxOf } from './digits-model.js';
import { createTrainer } from './digits-trainer.js';
import { loadDigits } from './load-digits.js';
import { measure } from './softmax.js';
import { heldOutDigits, trainingDigits } from './split-digits.js';

const all = await loadDigits();
const calm = { signal: new AbortController().signal, progress: () => {} };
const task = { round: 1, seed: 7, config: { localEpochs: 5 } };

test('the file holds the 1,797 digits, all classes among them', () => {
  expect(all.count).toBe(1_797);
  expect(new Set(all.labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  expect(Math.max(...all.pixels)).toBe(1);
});

test('the parts and what is held out are all digits, none twice', () => {
  const parts = [1, 2, 3, 4].map((part) => trainingDigits(all, { part, of: 4 }));
  const counts = [heldOutDigits(all), ...parts].map(({ count }) => count);
  expect(counts).toEqual([360, 360, 359, 359, 359]);
  const sums = [heldOutDigits(all), ...parts].map(({ pixels }) => pixels.reduce((sum, p) => sum + p, 0));
  const total = all.pixels.reduce((sum, p) => sum + p, 0);
  expect(sums.reduce((sum, one) => sum + one, 0)).toBeCloseTo(total, 3);
});

test('a model that learnt one part is right on most of the digits that nobody has', async () => {
  const trainer = await createTrainer({ part: 1, of: 4 });
  const { parameters, numExamples } = await trainer.fit({ ...task, parameters: initialDigitsModel() }, calm);
  expect(numExamples).toBe(360);
  expect(measure(softmaxOf(parameters), heldOutDigits(all)).accuracy).toBeGreaterThan(0.85);
});

test('the same seed gives the same model, another seed another one', async () => {
  const trainer = await createTrainer({ part: 2, of: 4 });
  const fit = async (seed: number) =>
    softmaxOf((await trainer.fit({ ...task, seed, parameters: initialDigitsModel() }, calm)).parameters)
      .kernel;
  expect(await fit(1)).toEqual(await fit(1));
  expect(await fit(1)).not.toEqual(await fit(2));
});

test('the trainer tells what it trains before it has seen a model', async () => {
  const { signature } = await createTrainer({ part: 1, of: 4 });
  expect(signature).toEqual(initialDigitsModel().signature);
});

test('a model that knows nothing is right by no guess', () => {
  expect(measure(softmaxOf(initialDigitsModel()), all)).toEqual({
    loss: expect.closeTo(Math.log(10), 6),
    accuracy: 0,
  });
});

test.each([
  ['cut short', () => parseDigits(new Uint8Array(20))],
  ['of another format', () => parseDigits(new TextEncoder().encode('GIF89a and so on and on'))],
])('a file that is %s is refused', (_, read) => {
  expect(read).toThrow(expect.objectContaining({ code: 'storage' }));
});

test('a part that is not there is refused', async () => {
  const problem = await createTrainer({ part: 5, of: 4 }).catch(FedOpsError.from);
  expect(problem).toMatchObject({ code: 'invalid-argument' });
});
