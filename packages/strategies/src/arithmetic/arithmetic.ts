import type { FloatKernel, TensorData } from '@fedops/parameters';
import type { Dtype } from '@fedops/shared-types';
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

/**
 * Gives float32 means of tiles that lie in the kernel's memory to the kernel, everything else to the plain functions.
 *
 * @param updates How many updates there are at the most.
 */
export function kernelArithmetic(kernel: FloatKernel, updates: number): Arithmetic {
  const bytes = kernel.allocate(updates * 8);
  const room = new Float64Array(bytes.buffer, bytes.byteOffset, updates);
  return {
    weightedMean(dtype, slices, weights, output) {
      if (dtype !== 'float32' || !kernel.holds(output) || !slices.every((slice) => kernel.holds(slice))) {
        return weightedMean(dtype, slices, weights, output);
      }
      room.set(weights);
      kernel.weightedMean(slices as readonly Float32Array[], room, totalOf(weights), output as Float32Array);
    },
  };
}
