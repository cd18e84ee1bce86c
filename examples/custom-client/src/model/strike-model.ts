import { assertSameSignature, createParameters, type Parameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { FEATURE_COUNT } from '../strikes/encode-strike.js';
import type { LogisticModel } from './logistic-regression.js';

const SIGNATURE: Signature = [
  { name: 'weights', shape: [FEATURE_COUNT], dtype: 'float32' },
  { name: 'bias', shape: [1], dtype: 'float32' },
];

/** The model that knows nothing: every weight 0. A convex problem needs no random start. */
export function untrainedModel(): LogisticModel {
  return { weights: new Float64Array(FEATURE_COUNT), bias: 0 };
}

/** The model as it travels, rounded to float32. */
export function parametersOf({ weights, bias }: LogisticModel): Parameters {
  return createParameters(SIGNATURE, [Float32Array.from(weights), Float32Array.of(bias)]);
}

/** @throws {FedOpsError} `shape-mismatch` where the parameters are of another model. */
export function modelOf({ signature, tensors }: Parameters): LogisticModel {
  assertSameSignature(signature, SIGNATURE);
  return { weights: Float64Array.from(tensors[0] as Float32Array), bias: Number(tensors[1]![0]) };
}
