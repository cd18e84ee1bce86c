import type { Signature } from '@fedops/shared-types';

/** The signature under which each of a strategy's moments is kept: the model's floating-point tensors, in float32. */
export function momentSignature(signature: Signature): Signature {
  return signature
    .filter(({ dtype }) => hasMoments(dtype))
    .map(({ name, shape }) => ({ name, shape, dtype: 'float32' as const }));
}

/** Integer tensors have none. */
export function hasMoments(dtype: string): boolean {
  return dtype === 'float32' || dtype === 'float64';
}
