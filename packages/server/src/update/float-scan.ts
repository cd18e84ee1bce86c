import { capacityFor, createFloatKernel } from '@fedops/parameters';

/** Looks at a tensor's floats in pieces that may end within an element. */
export interface FloatScan {
  push(bytes: Uint8Array): void;
  /** Σ x² in float64: of float32, in four interleaved sums, as the kernel adds them. */
  sumOfSquares(): number;
}

/** Pieces are copied here, so that elements are aligned and the same memory serves every piece. */
const SCRATCH_BYTES = 64 * 1024;

/** One for all scans: what a scan carries from piece to piece it keeps itself. */
const kernel = createFloatKernel(capacityFor([SCRATCH_BYTES, 32]));
const scratch = kernel.allocate(SCRATCH_BYTES);
const partials = floats64(kernel.allocate(32));

/** @param onNonFinite Called with the first NaN or infinity and its index in the tensor. */
export function createFloatScan(
  dtype: 'float32' | 'float64',
  onNonFinite: (index: number, value: number) => void,
): FloatScan {
  return dtype === 'float32' ? scanOf(float32Lanes(), onNonFinite) : scanOf(float64Sum(), onNonFinite);
}

/** Adds up the squares of the elements at the front of the scratch memory. */
interface Squares {
  /** Elements are taken in groups of so many bytes; only the last group of a tensor may be smaller. */
  readonly groupBytes: number;
  readonly elementBytes: number;
  readonly elements: Float32Array | Float64Array;
  add(count: number): void;
  sum(): number;
}

function float32Lanes(): Squares {
  const elements = new Float32Array(scratch.buffer, scratch.byteOffset, SCRATCH_BYTES / 4);
  const lanes = new Float64Array(4);
  return {
    groupBytes: 16,
    elementBytes: 4,
    elements,
    add(count) {
      partials.set(lanes);
      kernel.addSquares(elements.subarray(0, count), partials);
      lanes.set(partials);
    },
    sum: () => lanes[0]! + lanes[1]! + (lanes[2]! + lanes[3]!),
  };
}

function float64Sum(): Squares {
  const elements = floats64(scratch);
  let sum = 0;
  return {
    groupBytes: 8,
    elementBytes: 8,
    elements,
    add(count) {
      for (let i = 0; i < count; i++) sum += elements[i]! * elements[i]!;
    },
    sum: () => sum,
  };
}

function scanOf(squares: Squares, onNonFinite: (index: number, value: number) => void): FloatScan {
  const { groupBytes, elementBytes, elements } = squares;
  const carried = new Uint8Array(groupBytes);
  let carriedBytes = 0;
  let seen = 0;

  function scan(count: number): void {
    squares.add(count);
    // A sum of squares is finite only where every element is: one look a piece instead of one an element.
    if (!Number.isFinite(squares.sum())) {
      for (let i = 0; i < count; i++) if (!Number.isFinite(elements[i]!)) onNonFinite(seen + i, elements[i]!);
    }
    seen += count;
  }

  return {
    push(bytes) {
      for (let from = 0; from < bytes.length; ) {
        scratch.set(carried.subarray(0, carriedBytes));
        const taken = Math.min(bytes.length - from, SCRATCH_BYTES - carriedBytes);
        scratch.set(bytes.subarray(from, from + taken), carriedBytes);
        const filled = carriedBytes + taken;
        const whole = filled - (filled % groupBytes);
        scan(whole / elementBytes);
        carriedBytes = filled - whole;
        carried.set(scratch.subarray(whole, filled));
        from += taken;
      }
    },
    sumOfSquares() {
      scratch.set(carried.subarray(0, carriedBytes));
      scan(carriedBytes / elementBytes);
      carriedBytes = 0;
      return squares.sum();
    },
  };
}

function floats64(bytes: Uint8Array<ArrayBuffer>): Float64Array {
  return new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
}
