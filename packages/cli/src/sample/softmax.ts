import { CLASSES, type Digits, PIXELS } from './digits.js';

/** Multinomial logistic regression: softmax(x · kernel + bias). */
export interface Softmax {
  /** 64 rows of 10. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** What a model is worth on some digits. */
export interface Measured {
  /** Mean cross-entropy, in nats. */
  readonly loss: number;
  /** The share that is classified rightly. */
  readonly accuracy: number;
}

/**
 * One step of gradient descent on the mean cross-entropy of a batch; changes the model.
 *
 * @param batch Indices of digits, at least one.
 */
export function descend(model: Softmax, digits: Digits, batch: Uint32Array, learningRate: number): void {
  const { kernel, bias } = model;
  const kernelGradient = new Float32Array(kernel.length);
  const biasGradient = new Float32Array(CLASSES);
  for (const at of batch) {
    const error = probabilities(model, digits, at);
    error[digits.labels[at]!]! -= 1;
    for (let p = 0; p < PIXELS; p++) {
      const pixel = digits.pixels[at * PIXELS + p]!;
      if (pixel === 0) continue;
      for (let c = 0; c < CLASSES; c++) kernelGradient[p * CLASSES + c]! += pixel * error[c]!;
    }
    for (let c = 0; c < CLASSES; c++) biasGradient[c]! += error[c]!;
  }
  const step = learningRate / batch.length;
  for (let i = 0; i < kernel.length; i++) kernel[i]! -= step * kernelGradient[i]!;
  for (let c = 0; c < CLASSES; c++) bias[c]! -= step * biasGradient[c]!;
}

/** @param digits At least one. */
export function measure(model: Softmax, digits: Digits): Measured {
  let [loss, right] = [0, 0];
  for (let at = 0; at < digits.count; at++) {
    const predicted = probabilities(model, digits, at);
    const label = digits.labels[at]!;
    loss -= Math.log(Math.max(predicted[label]!, Number.MIN_VALUE));
    if (predicted.every((p, c) => c === label || p < predicted[label]!)) right += 1;
  }
  return { loss: loss / digits.count, accuracy: right / digits.count };
}

function probabilities({ kernel, bias }: Softmax, { pixels }: Digits, at: number): Float64Array {
  const scores = Float64Array.from(bias);
  for (let p = 0; p < PIXELS; p++) {
    const pixel = pixels[at * PIXELS + p]!;
    if (pixel === 0) continue;
    for (let c = 0; c < CLASSES; c++) scores[c]! += pixel * kernel[p * CLASSES + c]!;
  }
  // The largest score becomes 0, so that no power overflows.
  const largest = Math.max(...scores);
  let sum = 0;
  for (let c = 0; c < CLASSES; c++) {
    scores[c] = Math.exp(scores[c]! - largest);
    sum += scores[c]!;
  }
  return scores.map((score) => score / sum);
}
