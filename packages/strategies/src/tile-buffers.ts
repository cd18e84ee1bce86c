import { capacityFor, createFloatKernel } from '@fedops/parameters';
import { type Arithmetic, kernelArithmetic } from './arithmetic/arithmetic.js';

/** The memory that a fold works in, from its first tile to its last. */
export interface TileBuffers {
  /** One for each update, equally far apart. */
  readonly updates: readonly Uint8Array<ArrayBuffer>[];
  readonly current: Uint8Array<ArrayBuffer>;
  readonly output: Uint8Array<ArrayBuffer>;
  readonly moments: readonly Uint8Array<ArrayBuffer>[];
  /** Fast on these buffers. */
  readonly arithmetic: Arithmetic;
}

/** Buffers of so many bytes each, in the memory of a kernel. */
export function createTileBuffers(
  { updates, moments }: { readonly updates: number; readonly moments: number },
  bytes: number,
): TileBuffers {
  const lengths = [...Array<number>(updates + moments + 2).fill(bytes), updates * 8];
  const kernel = createFloatKernel(capacityFor(lengths));
  const allocate = (count: number) => Array.from({ length: count }, () => kernel.allocate(bytes));
  return {
    updates: allocate(updates),
    current: kernel.allocate(bytes),
    output: kernel.allocate(bytes),
    moments: allocate(moments),
    arithmetic: kernelArithmetic(kernel, updates),
  };
}
