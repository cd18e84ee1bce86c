import { describe, expect, it } from '@jest/globals';
import type { Airport } from '../airports/airport.js';
import { FEATURE_COUNT } from '../strikes/encode-strike.js';
import { trainAlone } from './train-alone.js';

const airport: Airport = {
  name: 'A',
  training: [1, -1].map((sign) => ({
    features: new Float32Array(FEATURE_COUNT).fill(sign, 0, 1),
    isPositive: sign > 0,
  })),
  heldOut: [],
};
const fit = { localEpochs: 10, batchSize: 1, learningRate: 0.1, l2: 0 };

describe('trainAlone', () => {
  it("learns from the airport's own rows what tells them apart, and nothing else", () => {
    const { weights } = trainAlone(airport, fit, 1);
    expect(weights[0]).toBeGreaterThan(0.5);
    expect([...weights.slice(1)]).toEqual(new Array(FEATURE_COUNT - 1).fill(0));
  });

  it('draws its order from the seed', () => {
    expect(trainAlone(airport, fit, 1)).toEqual(trainAlone(airport, fit, 1));
    expect(trainAlone(airport, fit, 1).bias).not.toBe(trainAlone(airport, fit, 2).bias);
  });
});
