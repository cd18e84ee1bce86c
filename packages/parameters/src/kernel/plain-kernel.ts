import type { FloatKernel } from './float-kernel.js';
import { createAllocator } from './kernel-memory.js';

/** The kernel in plain TypeScript: for platforms without SIMD, and the reference for the other. */
export function createPlainKernel(capacityBytes: number): FloatKernel {
  const buffer = new ArrayBuffer(capacityBytes);
  return {
    allocate: createAllocator(buffer),
    addWeighted(slices, weights, sums) {
      for (const [k, slice] of slices.entries()) {
        const weight = weights[k]!;
        for (let i = 0; i < sums.length; i++) sums[i]! += weight * slice[i]!;
      }
    },
    divide(sums, total, output) {
      for (let i = 0; i < output.length; i++) output[i] = sums[i]! / total;
    },
    addSquares(values, partials) {
      for (let i = 0; i < values.length; i++) partials[i & 3]! += values[i]! * values[i]!;
    },
    holds: (array) => array.buffer === buffer,
  };
}
