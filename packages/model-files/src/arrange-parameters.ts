import { createParameters, type Parameters } from '@fedops/parameters';
import { FedOpsError, type Signature } from '@fedops/shared-types';

/**
 * The same tensors in the order of `signature`. Python's writers order tensors as they like, so names decide.
 *
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor that is missing, too many, or of another shape or
 *   element type.
 */
export function arrangeParameters(parameters: Parameters, signature: Signature): Parameters {
  const indexOf = new Map(parameters.signature.map(({ name }, i) => [name, i]));
  const tensors = signature.map((expected) => {
    const index = indexOf.get(expected.name);
    if (index === undefined) throw mismatch(expected.name, 'is missing');
    const actual = parameters.signature[index]!;
    const [want, got] = [expected, actual].map(({ dtype, shape }) => `${dtype}[${shape.join(', ')}]`);
    if (want !== got) throw mismatch(expected.name, `expected ${want}, got ${got}`);
    return parameters.tensors[index]!;
  });
  const expectedNames = new Set(signature.map(({ name }) => name));
  const extra = parameters.signature.find(({ name }) => !expectedNames.has(name));
  if (extra !== undefined) throw mismatch(extra.name, 'is not one of the model');
  return createParameters(signature, tensors);
}

function mismatch(tensor: string, problem: string): FedOpsError {
  return new FedOpsError('shape-mismatch', `tensor ${tensor}: ${problem}`, { details: { tensor } });
}
