import { FedOpsError, type Signature } from '@fedops/shared-types';
import { elementCount } from './signature.js';
import { holdsDtype, type TensorData } from './tensor-data.js';

/** A model's parameters: `tensors[i]` holds the elements of `signature[i]`. */
export interface Parameters {
  readonly signature: Signature;
  readonly tensors: readonly TensorData[];
}

/**
 * Parameters from their parts, checked against one another.
 *
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor whose data do not fit its spec.
 */
export function createParameters(signature: Signature, tensors: readonly TensorData[]): Parameters {
  if (tensors.length !== signature.length) {
    throw new FedOpsError('shape-mismatch', `expected ${signature.length} tensors, got ${tensors.length}`);
  }
  signature.forEach((spec, i) => {
    const data = tensors[i]!;
    if (!holdsDtype(data, spec.dtype)) {
      throw new FedOpsError(
        'shape-mismatch',
        `tensor ${spec.name}: expected ${spec.dtype}, got ${data.constructor.name}`,
      );
    }
    if (data.length !== elementCount(spec)) {
      throw new FedOpsError(
        'shape-mismatch',
        `tensor ${spec.name}: expected ${elementCount(spec)} elements for shape [${spec.shape.join(', ')}], got ${data.length}`,
      );
    }
  });
  return { signature, tensors };
}
