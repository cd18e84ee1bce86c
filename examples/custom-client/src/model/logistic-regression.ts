import { type Random, shuffled } from './random.js';

/** One strike as a model sees it. */
export interface Example {
  readonly features: Float32Array;
  readonly isPositive: boolean;
}

/** P(positive) = σ(weights · features + bias). */
export interface LogisticModel {
  readonly weights: Float64Array;
  readonly bias: number;
}

export interface DescentSettings {
  readonly batchSize: number;
  readonly learningRate: number;
  /** λ of the penalty λ/2 · |weights|²; the bias goes free. */
  readonly l2: number;
}

/** The probability that an example is positive. */
export function probability({ weights, bias }: LogisticModel, features: Float32Array): number {
  let logit = bias;
  for (let i = 0; i < weights.length; i++) logit += weights[i]! * features[i]!;
  return 1 / (1 + Math.exp(-logit));
}

/** Mean cross-entropy in nats, without the penalty. */
export function crossEntropy(model: LogisticModel, examples: readonly Example[]): number {
  let sum = 0;
  for (const { features, isPositive } of examples) {
    const right = probability(model, features);
    sum -= Math.log(Math.max(isPositive ? right : 1 - right, Number.MIN_VALUE));
  }
  return sum / examples.length;
}

/**
 * The model after one epoch of mini-batch gradient descent; the input is left as it was.
 *
 * @param examples At least one; the order of an epoch is drawn from `random`.
 */
export function descend(
  model: LogisticModel,
  examples: readonly Example[],
  { batchSize, learningRate, l2 }: DescentSettings,
  random: Random,
): LogisticModel {
  const order = shuffled(examples, random);
  const weights = Float64Array.from(model.weights);
  let { bias } = model;
  for (let start = 0; start < order.length; start += batchSize) {
    const gradient = gradientOf({ weights, bias }, order.slice(start, start + batchSize), l2);
    for (let i = 0; i < weights.length; i++) weights[i]! -= learningRate * gradient.weights[i]!;
    bias -= learningRate * gradient.bias;
  }
  return { weights, bias };
}

/** The gradient of mean cross-entropy plus penalty. */
export function gradientOf(model: LogisticModel, batch: readonly Example[], l2: number): LogisticModel {
  const weights = model.weights.map((weight) => l2 * weight);
  let bias = 0;
  for (const { features, isPositive } of batch) {
    const error = (probability(model, features) - Number(isPositive)) / batch.length;
    for (let i = 0; i < weights.length; i++) weights[i]! += error * features[i]!;
    bias += error;
  }
  return { weights, bias };
}
