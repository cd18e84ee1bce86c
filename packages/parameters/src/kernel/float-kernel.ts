/**
 * The loops over every float32 of every update, on memory of the kernel's own. All kernels do the same float64
 * operations in the same order, so their results are bit-equal.
 */
export interface FloatKernel {
  /** Bytes for the functions below to work on, 64-byte aligned; all together at most the kernel's capacity. */
  allocate(byteLength: number): Uint8Array<ArrayBuffer>;
  /**
   * sums[i] += weights[k] · slices[k][i] for each k in order, in float64.
   *
   * @param slices K ≥ 1 arrays of `sums`' length, allocated here one after another, equally far apart.
   * @param weights K float64, allocated here.
   * @param sums Allocated here.
   */
  addWeighted(slices: readonly Float32Array[], weights: Float64Array, sums: Float64Array): void;
  /** output[i] = sums[i] / total, in float64, rounded once; both allocated here, of one length. */
  divide(sums: Float64Array, total: number, output: Float32Array): void;
  /**
   * partials[i mod 4] += values[i]², in float64: four sums instead of one, since vector units add in lanes.
   * The sum of all squares is (partials[0] + partials[1]) + (partials[2] + partials[3]).
   *
   * @param partials Four float64, allocated here.
   */
  addSquares(values: Float32Array, partials: Float64Array): void;
  /** True where the array lies in this kernel's memory. */
  holds(array: ArrayBufferView): boolean;
}
