import { describe, expect, test } from '@jest/globals';
import { readFitSettings } from './fit-settings.js';

const defaults = { localEpochs: 1, batchSize: 32, learningRate: 0.1, maxExamples: Number.POSITIVE_INFINITY };

describe('readFitSettings', () => {
  test('takes what the config has, and the defaults for the rest', () => {
    const config = { localEpochs: 5, learningRate: 0.01, proximal: 'other strategies read this' };

    expect(readFitSettings(config, defaults)).toEqual({ ...defaults, localEpochs: 5, learningRate: 0.01 });
  });

  test.each([
    { localEpochs: 0 },
    { localEpochs: 2.5 },
    { batchSize: '32' },
    { batchSize: true },
    { learningRate: 0 },
    { learningRate: Number.POSITIVE_INFINITY },
    { learningRate: Number.NaN },
    { maxExamples: -5 },
  ])('refuses %j, naming the key', (config) => {
    expect(() => readFitSettings(config as never, defaults)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', details: { field: Object.keys(config)[0] } }),
    );
  });
});
