import { describe, expect, it } from '@jest/globals';
import {
  crossEntropy,
  descend,
  type Example,
  gradientOf,
  type LogisticModel,
  probability,
} from './logistic-regression.js';
import { createRandom } from './random.js';

const settings = { batchSize: 10, learningRate: 0.5, l2: 0 };
const zero: LogisticModel = { weights: new Float64Array(2), bias: 0 };

function examples(count: number, seed = 1): Example[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const features = Float32Array.of(random() - 0.5, random() - 0.5);
    return { features, isPositive: features[0]! - features[1]! > 0 };
  });
}

function train(data: readonly Example[], epochs: number, l2: number, seed = 5): LogisticModel {
  const random = createRandom(seed);
  let model = zero;
  for (let epoch = 0; epoch < epochs; epoch++) model = descend(model, data, { ...settings, l2 }, random);
  return model;
}

describe('logistic regression', () => {
  it('has the gradient of its loss, as finite differences tell', () => {
    const data = examples(20);
    const model = { weights: Float64Array.of(0.3, -0.7), bias: 0.2 };
    const l2 = 0.1;
    const loss = (weights: Float64Array, bias: number) =>
      crossEntropy({ weights, bias }, data) + (l2 / 2) * weights.reduce((sum, w) => sum + w * w, 0);
    const gradient = gradientOf(model, data, l2);
    const step = 1e-5;
    const slope = (i: number) => {
      const moved = (by: number) => model.weights.map((w, j) => (i === j ? w + by : w));
      return (loss(moved(step), model.bias) - loss(moved(-step), model.bias)) / (2 * step);
    };
    expect(gradient.weights[0]).toBeCloseTo(slope(0), 7);
    expect(gradient.weights[1]).toBeCloseTo(slope(1), 7);
    const biasSlope = (loss(model.weights, 0.2 + step) - loss(model.weights, 0.2 - step)) / (2 * step);
    expect(gradient.bias).toBeCloseTo(biasSlope, 7);
  });

  it('learns a line that separates two classes', () => {
    const model = train(examples(200), 50, 0);
    const unseen = examples(200, 2);
    const right = unseen.filter((one) => probability(model, one.features) > 0.5 === one.isPositive);
    expect(right.length).toBeGreaterThan(185);
    expect(crossEntropy(model, unseen)).toBeLessThan(0.35);
  });

  it('keeps weights smaller where they cost more', () => {
    const size = ({ weights }: LogisticModel) => Math.hypot(...weights);
    expect(size(train(examples(200), 50, 0.1))).toBeLessThan(size(train(examples(200), 50, 0)) / 2);
  });

  it('gives the same model for the same seed and leaves its input alone', () => {
    const data = examples(50);
    expect(train(data, 3, 0, 1)).toEqual(train(data, 3, 0, 1));
    expect(train(data, 3, 0, 1)).not.toEqual(train(data, 3, 0, 2));
    expect(zero.weights).toEqual(new Float64Array(2));
  });

  it('stays finite for scores beyond what exp can hold', () => {
    const sure = { weights: Float64Array.of(5_000, 0), bias: 0 };
    const data = [{ features: Float32Array.of(-1, 0), isPositive: true }];
    expect(Number.isFinite(crossEntropy(sure, data))).toBe(true);
  });
});
