import { FedOpsError } from '@fedops/shared-types';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Dataset, targetShape } from './dataset.js';

/**
 * @throws {FedOpsError} `unsupported` for a model with several inputs or outputs, `shape-mismatch` where it takes
 *   other features or gives other outputs than the data set has targets.
 */
export function assertFits(model: LayersModel, { featureShape, targets }: Dataset): void {
  const [input, ...otherInputs] = model.inputs;
  const [output, ...otherOutputs] = model.outputs;
  if (input === undefined || output === undefined || otherInputs.length > 0 || otherOutputs.length > 0) {
    throw new FedOpsError('unsupported', 'model: expected one input and one output');
  }
  assertSameShape('input', input.shape.slice(1), featureShape);
  assertSameShape('output', output.shape.slice(1), targetShape(targets));
}

/** A dimension of null in the model stands for any. */
function assertSameShape(what: string, model: readonly (number | null)[], data: readonly number[]): void {
  const same = model.length === data.length && model.every((size, i) => size === null || size === data[i]);
  if (same) return;
  throw new FedOpsError(
    'shape-mismatch',
    `model ${what}: expected [${data.join(', ')}] as in the data set, got [${model.map(String).join(', ')}]`,
  );
}
