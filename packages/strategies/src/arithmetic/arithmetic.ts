import type { FloatKernel, TensorData } from '@fedops/parameters';
import type { Dtype } from '@fedops/shared-types';
import type { RunningMean } from './running-mean.js';
import { totalOf, weightedMean } from './weighted-mean.js';

/** What a strategy may let the runner do for it: the same results as the plain functions, as fast as the platform can. */
export interface Arithmetic {
  /** {@link weightedMean} */
  weightedMean(
    dtype: Dtype,
    slices: readonly TensorData[],
    weights: readonly number[],
    output: TensorData,
  ): void;
}

/** Does it all in plain TypeScript. */
export const plainArithmetic: Arithmetic = { weightedMean };

/** Gives float32 means of tiles that lie in the kernel's memory to the kernel, everything else to the plain functions. */
export function kernelArithmetic(kernel: FloatKernel, mean: RunningMean): Arithmetic {
  return {
    weightedMean(dtype, slices, weights, output) {
      if (dtype !== 'float32' || !kernel.holds(output) || !slices.every((slice) => kernel.holds(slice))) {
        return weightedMean(dtype, slices, weights, output);
      }
      mean.begin(output.length);
      mean.add(slices as readonly Float32Array[], weights);
      mean.end(totalOf(weights), output as Float32Array);
    },
  };
}
