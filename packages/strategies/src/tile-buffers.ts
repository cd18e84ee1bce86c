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

/** How many buffers a fold needs, and how large: all are alike, in bytes. */
interface TileShape {
  readonly updates: number;
  readonly moments: number;
  readonly bytes: number;
}

/** The memory of folds that come one after another: each takes that of the last, where it fits. */
export interface TileMemory {
  /** Buffers that are nobody else's until they are given back; what is in them is left over. */
  take(shape: TileShape): TileBuffers;
  giveBack(buffers: TileBuffers): void;
}

/** Memory for folds of one run; keep it as long as the run. */
export function createTileMemory(): TileMemory {
  const shapes = new WeakMap<TileBuffers, TileShape>();
  let spare: TileBuffers | undefined;
  return {
    take(shape) {
      const fitting = spare !== undefined && isSame(shapes.get(spare)!, shape) ? spare : undefined;
      spare = undefined;
      const buffers = fitting ?? createTileBuffers(shape);
      shapes.set(buffers, shape);
      return buffers;
    },
    giveBack(buffers) {
      spare = buffers;
    },
  };
}

function isSame(a: TileShape, b: TileShape): boolean {
  return a.updates === b.updates && a.moments === b.moments && a.bytes === b.bytes;
}

/** Buffers in the memory of a kernel. */
function createTileBuffers({ updates, moments, bytes }: TileShape): TileBuffers {
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
