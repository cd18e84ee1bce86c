import type { TensorData } from '@fedops/parameters';
import { type Dtype, FedOpsError } from '@fedops/shared-types';

/**
 * Weighted mean of K slices, w = Σ nₖ·wₖ / Σ nₖ, written to `output`.
 *
 * Floats: sums in float64 in the order given, one division, one rounding; so equal input gives bit-equal output
 * on every platform. Integers and bool: the exact mean, rounded half to even.
 *
 * @param slices K ≥ 1 slices of `output`'s length and kind.
 * @param weights numExamples of each, positive integers.
 * @throws {FedOpsError} `invalid-argument` where the weighted sum of float64 overflows.
 * @see McMahan et al. 2017, Algorithm 1: https://arxiv.org/abs/1602.05629
 */
export function weightedMean(
  dtype: Dtype,
  slices: readonly TensorData[],
  weights: readonly number[],
  output: TensorData,
): void {
  if (dtype === 'float32' || dtype === 'float64') {
    meanOfFloats(slices as readonly FloatData[], weights, output as FloatData);
  } else {
    meanOfIntegers(slices, weights, output);
  }
}

type FloatData = Float32Array | Float64Array;

/** Re-used from tile to tile: a fresh page costs more than the arithmetic on it. */
let sums = new Float64Array(0);

function meanOfFloats(slices: readonly FloatData[], weights: readonly number[], output: FloatData): void {
  const { length } = output;
  if (sums.length < length) sums = new Float64Array(length);
  sums.fill(0, 0, length);
  slices.forEach((slice, k) => {
    const weight = weights[k]!;
    for (let i = 0; i < length; i++) sums[i]! += weight * slice[i]!;
  });
  const total = totalOf(weights);
  for (let i = 0; i < length; i++) {
    const mean = sums[i]! / total;
    // Finite float32 cannot come to this; the sum of large float64 can.
    if (!Number.isFinite(mean))
      throw new FedOpsError('invalid-argument', 'the weighted sum overflows float64');
    output[i] = mean;
  }
}

function meanOfIntegers(slices: readonly TensorData[], weights: readonly number[], output: TensorData): void {
  const exactWeights = weights.map(BigInt);
  const total = exactWeights.reduce((sum, weight) => sum + weight, 0n);
  for (let i = 0; i < output.length; i++) {
    let sum = 0n;
    slices.forEach((slice, k) => {
      sum += exactWeights[k]! * BigInt(slice[i]!);
    });
    const mean = divideHalfToEven(sum, total);
    if (typeof output[i] === 'bigint') (output as BigInt64Array)[i] = mean;
    else (output as Int32Array)[i] = Number(mean);
  }
}

/** The integer nearest to a / b, and the even one of the two where both are as near; b > 0. */
function divideHalfToEven(a: bigint, b: bigint): bigint {
  const truncated = a / b;
  const remainder = a - truncated * b;
  const floor = remainder < 0n ? truncated - 1n : truncated;
  const twice = (a - floor * b) * 2n;
  if (twice < b) return floor;
  if (twice > b) return floor + 1n;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/** Σ nₖ. */
export function totalOf(weights: readonly number[]): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
