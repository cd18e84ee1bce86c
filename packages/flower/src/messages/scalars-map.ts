import type { Scalar as WireScalar } from '../generated/flower_pb.js';
import { type Scalars, scalarOfWire, wireScalarOf } from '../scalar.js';

/** Named values as generated code holds them. */
export type WireScalars = { readonly [name: string]: WireScalar };

/**
 * Scalars as they travel.
 *
 * @throws {FedOpsError} `invalid-argument` for an int beyond 64 bits.
 */
export function wireScalarsOf(scalars: Scalars): { [name: string]: WireScalar } {
  // A property of its own for every name, `__proto__` included.
  return Object.fromEntries([...scalars].map(([name, scalar]) => [name, wireScalarOf(name, scalar)]));
}

/** @throws {FedOpsError} `invalid-argument` naming a scalar without a value. */
export function scalarsOfWire(scalars: WireScalars): Scalars {
  return new Map(Object.entries(scalars).map(([name, scalar]) => [name, scalarOfWire(name, scalar)]));
}
