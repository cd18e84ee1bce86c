import { createParameters, elementCount, type Parameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';

/** The tensors of `DigitNet` under the names of its `state_dict`: a linear layer is [outputs, inputs]. */
const SIGNATURE: Signature = [
  { name: 'hidden.weight', shape: [64, 784], dtype: 'float32' },
  { name: 'hidden.bias', shape: [64], dtype: 'float32' },
  { name: 'out.weight', shape: [10, 64], dtype: 'float32' },
  { name: 'out.bias', shape: [10], dtype: 'float32' },
];

/** An untrained model: weights uniform within ±1/√inputs as in PyTorch, biases zero. The same seed gives the same. */
export function initialModel(seed: number): Parameters {
  let state = seed >>> 0;
  /** The next of a linear congruential sequence, from 0 up to 1; see Numerical Recipes, section 7.1. */
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const tensors = SIGNATURE.map((spec) => {
    const [, inputs] = spec.shape;
    const data = new Float32Array(elementCount(spec));
    return inputs === undefined ? data : data.map(() => (2 * random() - 1) / Math.sqrt(inputs));
  });
  return createParameters(SIGNATURE, tensors);
}
