import type { FloatKernel } from '@fedops/parameters';

/** The weighted mean of float32 slices that come a few at a time; bit-equal to `weightedMean` of all of them. */
export interface RunningMean {
  /** Forgets what was added; the slices are of this many elements. */
  begin(length: number): void;
  /** Adds slices in the order given: they lie in the kernel's memory, one after another, equally far apart. */
  add(slices: readonly Float32Array[], weights: readonly number[]): void;
  /** @param total Σ of all weights. */
  end(total: number, output: Float32Array): void;
}

/** What the memory of a running mean is made for: slices that are added at a time, and elements of each. */
export interface RunningMeanRoom {
  readonly slices: number;
  readonly length: number;
}

/** How long the kernel's allocations for a running mean are, in bytes. */
export function runningMeanBytes({ slices, length }: RunningMeanRoom): readonly number[] {
  return [slices * 8, length * 8];
}

export function createRunningMean(kernel: FloatKernel, room: RunningMeanRoom): RunningMean {
  const [weightRoom, sumRoom] = runningMeanBytes(room).map((byteLength) => {
    const { buffer, byteOffset } = kernel.allocate(byteLength);
    return new Float64Array(buffer, byteOffset, byteLength / 8);
  });
  let sums = sumRoom!;
  return {
    begin(length) {
      sums = sumRoom!.subarray(0, length);
      sums.fill(0);
    },
    add(slices, weights) {
      weightRoom!.set(weights);
      kernel.addWeighted(slices, weightRoom!, sums);
    },
    end: (total, output) => kernel.divide(sums, total, output),
  };
}
