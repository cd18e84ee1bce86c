import type { FloatKernel } from '@fedops/parameters';

/** The weighted mean of float32 slices that come a few at a time; bit-equal to `weightedMean` of all of them. */
export interface RunningMean {
  /** Forgets what was added; the slices are of this many elements. */
  begin(length: number): void;
  /** Adds slices in the order given: they lie in the kernel's memory; best equally far apart. */
  add(slices: readonly Float32Array[], weights: readonly number[]): void;
  /** @param total Σ of all weights. */
  end(total: number, output: Float32Array): void;
}

/** What the memory of a running mean is made for: slices that the kernel adds at a time, and elements of each. */
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
      for (let from = 0; from < slices.length; ) {
        const to = endOfEven(slices, from, from + room.slices);
        weightRoom!.set(weights.slice(from, to));
        kernel.addWeighted(slices.slice(from, to), weightRoom!, sums);
        from = to;
      }
    },
    end: (total, output) => kernel.divide(sums, total, output),
  };
}

/** Where those from `from` on end that lie equally far apart, as the kernel takes them: a strategy may choose any. */
function endOfEven(slices: readonly Float32Array[], from: number, most: number): number {
  const apart = (k: number) => slices[k]!.byteOffset - slices[k - 1]!.byteOffset;
  let to = from + 1;
  while (to < Math.min(most, slices.length) && apart(to) === apart(from + 1)) to++;
  return to;
}
