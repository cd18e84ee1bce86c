import { create } from '@bufbuild/protobuf';
import { type Config, FedOpsError, type Metrics } from '@fedops/shared-types';
import { ScalarSchema, type Scalar as WireScalar } from './generated/flower_pb.js';

/**
 * A value of a config or of metrics. Python tells whole numbers from others (`1` from `1.0`), so a scalar does too;
 * whole numbers have 64 bits, from -2^63 up to 2^64 - 1.
 */
export type Scalar =
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: Uint8Array };

/** Named values; a map, since a peer chooses the names. */
export type Scalars = ReadonlyMap<string, Scalar>;

const LEAST_INT = -(2n ** 63n);
const LARGEST_SIGNED = 2n ** 63n - 1n;
const LARGEST_UNSIGNED = 2n ** 64n - 1n;

/** Limits of `Metrics` in shared-types. */
const MAX_METRICS = 100;
const MAX_METRIC_NAME = 100;

/**
 * A config as scalars: whole numbers as int, except where `doubles` names them.
 *
 * @param doubles Names whose numbers go as double although they are whole, for peers that insist on a Python float.
 */
export function scalarsOfConfig(config: Config, doubles: readonly string[] = []): Scalars {
  return new Map(
    Object.entries(config).map(([name, value]) => [name, scalarOf(value, doubles.includes(name))]),
  );
}

/**
 * Scalars as a config. Numbers lose the distinction between int and double; bytes and ints beyond 2^53 have no
 * place in a config and are left out.
 *
 * @returns The config and the names that were left out.
 */
export function configOfScalars(scalars: Scalars): {
  readonly config: Config;
  readonly dropped: readonly string[];
} {
  const kept: [string, string | number | boolean][] = [];
  const dropped: string[] = [];
  for (const [name, scalar] of scalars) {
    const value = scalar.kind === 'bytes' ? undefined : plain(scalar);
    if (value === undefined || name === '') dropped.push(name);
    else kept.push([name, value]);
  }
  return { config: Object.fromEntries(kept), dropped };
}

/** Measurements as scalars: doubles, as Python's own clients send them. */
export function scalarsOfMetrics(metrics: Metrics): Scalars {
  return new Map(Object.entries(metrics).map(([name, value]) => [name, { kind: 'double', value }]));
}

/**
 * Scalars as metrics: finite numbers, at most 100 of them. Truth values become 0 or 1; text, bytes, what is not
 * finite, and names longer than 100 characters are left out.
 *
 * @returns The metrics and the names that were left out.
 */
export function metricsOfScalars(scalars: Scalars): {
  readonly metrics: Metrics;
  readonly dropped: readonly string[];
} {
  const kept: [string, number][] = [];
  const dropped: string[] = [];
  for (const [name, scalar] of scalars) {
    const value = measured(scalar);
    const isKept = value !== undefined && isMetricName(name) && kept.length < MAX_METRICS;
    if (isKept) kept.push([name, value]);
    else dropped.push(name);
  }
  return { metrics: Object.fromEntries(kept), dropped };
}

/**
 * The scalar as it travels.
 *
 * @throws {FedOpsError} `invalid-argument` for an int beyond 64 bits.
 */
export function wireScalarOf(name: string, scalar: Scalar): WireScalar {
  if (scalar.kind !== 'int') {
    const { kind, value } = scalar;
    return create(ScalarSchema, { scalar: { case: kind, value } as WireScalar['scalar'] });
  }
  const { value } = scalar;
  if (value < LEAST_INT || value > LARGEST_UNSIGNED) {
    throw new FedOpsError('invalid-argument', `scalar ${name}: ${value} does not fit 64 bits`);
  }
  // Flower up to 1.8 knows sint64 alone, so uint64 is for what needs it.
  const kind = value > LARGEST_SIGNED ? 'uint64' : 'sint64';
  return create(ScalarSchema, { scalar: { case: kind, value } });
}

/** @throws {FedOpsError} `invalid-argument` where no value is set. */
export function scalarOfWire(name: string, { scalar }: WireScalar): Scalar {
  switch (scalar.case) {
    case undefined:
      throw new FedOpsError(
        'invalid-argument',
        `scalar ${name.slice(0, MAX_METRIC_NAME)}: expected a value, got none`,
      );
    case 'sint64':
    case 'uint64':
      return { kind: 'int', value: scalar.value };
    case 'double':
      return { kind: 'double', value: scalar.value };
    case 'bool':
      return { kind: 'bool', value: scalar.value };
    case 'string':
      return { kind: 'string', value: scalar.value };
    case 'bytes':
      return { kind: 'bytes', value: scalar.value };
  }
}

function scalarOf(value: string | number | boolean, asDouble: boolean): Scalar {
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  const isInt = Number.isSafeInteger(value) && !Object.is(value, -0) && !asDouble;
  return isInt ? { kind: 'int', value: BigInt(value) } : { kind: 'double', value };
}

function plain(scalar: Exclude<Scalar, { kind: 'bytes' }>): string | number | boolean | undefined {
  if (scalar.kind !== 'int') return scalar.value;
  const number = Number(scalar.value);
  return Number.isSafeInteger(number) ? number : undefined;
}

function measured(scalar: Scalar): number | undefined {
  if (scalar.kind === 'string' || scalar.kind === 'bytes') return undefined;
  const number = Number(scalar.value);
  return Number.isFinite(number) ? number : undefined;
}

function isMetricName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_METRIC_NAME && name !== '__proto__';
}
