import { FedOpsError } from '@fedops/shared-types';
import type { Scalar as WireScalar } from '../generated/flower_pb.js';
import { type Scalars, scalarOfWire, wireScalarOf } from '../scalar.js';
import { LOST_NAME } from './count-fields.js';

/** Named values as generated code holds them. */
export type WireScalars = { readonly [name: string]: WireScalar };

/**
 * Scalars as they travel.
 *
 * @throws {FedOpsError} `invalid-argument` for an int beyond 64 bits, and for the name `__proto__`.
 */
export function wireScalarsOf(scalars: Scalars): { [name: string]: WireScalar } {
  if (scalars.has(LOST_NAME)) {
    throw new FedOpsError('invalid-argument', `a scalar may not be named ${LOST_NAME}`);
  }
  return Object.fromEntries([...scalars].map(([name, scalar]) => [name, wireScalarOf(name, scalar)]));
}

/** @throws {FedOpsError} `invalid-argument` naming a scalar without a value. */
export function scalarsOfWire(scalars: WireScalars): Scalars {
  return new Map(Object.entries(scalars).map(([name, scalar]) => [name, scalarOfWire(name, scalar)]));
}
