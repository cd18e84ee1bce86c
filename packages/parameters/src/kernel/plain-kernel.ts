import type { FloatKernel } from './float-kernel.js';
import { createAllocator } from './kernel-memory.js';

/** The kernel in plain TypeScript: for platforms without SIMD, and the reference for the other. */
export function createPlainKernel(capacityBytes: number): FloatKernel {
  const buffer = new ArrayBuffer(capacityBytes);
  return {
    allocate: createAllocator(buffer),
    weightedMean(slices, weights, total, output) {
      for (let i = 0; i < output.length; i++) {
        let sum = 0;
        for (let k = 0; k < slices.length; k++) sum += weights[k]! * slices[k]![i]!;
        output[i] = sum / total;
      }
    },
    addSquares(values, partials) {
      for (let i = 0; i < values.length; i++) partials[i & 3]! += values[i]! * values[i]!;
    },
    holds: (array) => array.buffer === buffer,
  };
}
