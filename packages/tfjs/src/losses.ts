import {
  clipByValue,
  log,
  losses,
  mean,
  mul,
  neg,
  type Scalar,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** Mean loss of a batch, as a scalar through which gradients flow; both tensors are `[batch, ...]`. */
export type Loss = (targets: Tensor, outputs: Tensor) => Scalar;

/** Cross-entropy of one-hot targets, for a model whose last layer gives logits (no activation). */
export const softmaxCrossEntropy: Loss = (targets, outputs) => losses.softmaxCrossEntropy(targets, outputs);

/** Cross-entropy of targets of 0 or 1, each for itself, for a model that gives logits. */
export const sigmoidCrossEntropy: Loss = (targets, outputs) => losses.sigmoidCrossEntropy(targets, outputs);

/** Mean of squared differences. */
export const meanSquaredError: Loss = (targets, outputs) => losses.meanSquaredError(targets, outputs);

/**
 * Cross-entropy of one-hot targets, for a model that ends in a softmax.
 * Where the model is yours to choose, logits with {@link softmaxCrossEntropy} are better conditioned.
 */
export const probabilityCrossEntropy: Loss = (targets, outputs) => {
  const perExample = sum(mul(targets, log(clipByValue(outputs, 1e-7, 1))), -1);
  return neg(mean(perExample));
};
