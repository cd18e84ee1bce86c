import { FedOpsError, type Signature, type TensorSpec } from '@fedops/shared-types';
import { sha256 } from './digest.js';

/** Number of elements of a tensor; 1 for a scalar. */
export function elementCount({ shape }: TensorSpec): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** The one spelling of a signature: JSON without white space, keys in the order name, shape, dtype. */
export function canonicalSignature(signature: Signature): string {
  return JSON.stringify(signature.map(({ name, shape, dtype }) => ({ name, shape, dtype })));
}

/** SHA-256 of the canonical form in UTF-8. */
export function signatureDigest(signature: Signature): Promise<string> {
  return sha256(new TextEncoder().encode(canonicalSignature(signature)));
}

/**
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor that differs; `details` are
 *   `{ index, expected, actual }`, each a tensor spec or null where there is none.
 */
export function assertSameSignature(actual: Signature, expected: Signature): void {
  const count = Math.max(actual.length, expected.length);
  for (let index = 0; index < count; index++) {
    const [ours, theirs] = [expected[index], actual[index]];
    if (ours !== undefined && theirs !== undefined && sameSpec(ours, theirs)) continue;
    throw new FedOpsError(
      'shape-mismatch',
      `tensor ${index}: expected ${describeSpec(ours)}, got ${describeSpec(theirs)}`,
      { details: { index, expected: ours ?? null, actual: theirs ?? null } },
    );
  }
}

function sameSpec(a: TensorSpec, b: TensorSpec): boolean {
  return (
    a.name === b.name &&
    a.dtype === b.dtype &&
    a.shape.length === b.shape.length &&
    a.shape.every((dimension, i) => dimension === b.shape[i])
  );
}

function describeSpec(spec: TensorSpec | undefined): string {
  return spec === undefined ? 'no tensor' : `${spec.name} ${spec.dtype}[${spec.shape.join(', ')}]`;
}
