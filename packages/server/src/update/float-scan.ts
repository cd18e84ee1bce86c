/** Looks at a tensor's floats in pieces that may end within an element. */
export interface FloatScan {
  push(bytes: Uint8Array): void;
  /** Σ x² in float64, in the order of the elements. */
  sumOfSquares(): number;
}

/** Pieces are copied here, so that elements are aligned and the same memory serves every piece. */
const SCRATCH_BYTES = 64 * 1024;

/** @param onNonFinite Called with the first NaN or infinity and its index in the tensor. */
export function createFloatScan(
  dtype: 'float32' | 'float64',
  onNonFinite: (index: number, value: number) => void,
): FloatScan {
  const width = dtype === 'float32' ? 4 : 8;
  const scratch = new Uint8Array(SCRATCH_BYTES);
  const floats = dtype === 'float32' ? new Float32Array(scratch.buffer) : new Float64Array(scratch.buffer);
  let carried = 0;
  let seen = 0;
  let squares = 0;

  function scan(count: number): void {
    let sum = squares;
    for (let i = 0; i < count; i++) {
      const x = floats[i]!;
      sum += x * x;
    }
    // A sum of squares is finite only where every element is: one look a piece instead of one an element.
    if (!Number.isFinite(sum)) reportNonFinite(count);
    squares = sum;
    seen += count;
  }

  function reportNonFinite(count: number): void {
    for (let i = 0; i < count; i++) if (!Number.isFinite(floats[i]!)) onNonFinite(seen + i, floats[i]!);
  }

  return {
    push(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const taken = Math.min(bytes.length - from, SCRATCH_BYTES - carried);
        scratch.set(bytes.subarray(from, from + taken), carried);
        const filled = carried + taken;
        const whole = Math.floor(filled / width);
        scan(whole);
        carried = filled - whole * width;
        scratch.copyWithin(0, whole * width, filled);
        from += taken;
      }
    },
    sumOfSquares: () => squares,
  };
}
