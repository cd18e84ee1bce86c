import { capacityFor, createFloatKernel } from '@fedops/parameters';
import { type Arithmetic, kernelArithmetic } from './arithmetic/arithmetic.js';
import { createRunningMean, type RunningMean, runningMeanBytes } from './arithmetic/running-mean.js';

/** The memory that a fold works in, from its first tile to its last. */
export interface TileBuffers {
  /** One for each update that is held at a time, equally far apart. */
  readonly updates: readonly Uint8Array<ArrayBuffer>[];
  readonly current: Uint8Array<ArrayBuffer>;
  readonly output: Uint8Array<ArrayBuffer>;
  readonly moments: readonly Uint8Array<ArrayBuffer>[];
  /** Fast on these buffers. */
  readonly arithmetic: Arithmetic;
  /** Takes slices of `updates`. */
  readonly mean: RunningMean;
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

/** A fold takes at most two: for tensors whose mean it sums up, and for others. */
const MOST_SPARE = 2;

/** Memory for folds of one run; keep it as long as the run. */
export function createTileMemory(): TileMemory {
  const shapes = new WeakMap<TileBuffers, TileShape>();
  let spare: TileBuffers[] = [];
  return {
    take(shape) {
      const fitting = spare.find((buffers) => isSame(shapes.get(buffers)!, shape));
      spare = spare.filter((buffers) => buffers !== fitting);
      const buffers = fitting ?? createTileBuffers(shape);
      shapes.set(buffers, shape);
      return buffers;
    },
    giveBack(buffers) {
      spare = [buffers, ...spare].slice(0, MOST_SPARE);
    },
  };
}

function isSame(a: TileShape, b: TileShape): boolean {
  return a.updates === b.updates && a.moments === b.moments && a.bytes === b.bytes;
}

/** Buffers in the memory of a kernel. */
function createTileBuffers({ updates, moments, bytes }: TileShape): TileBuffers {
  const room = { slices: updates, length: Math.ceil(bytes / 4) };
  const lengths = [...Array<number>(updates + moments + 2).fill(bytes), ...runningMeanBytes(room)];
  const kernel = createFloatKernel(capacityFor(lengths));
  const mean = createRunningMean(kernel, room);
  const allocate = (count: number) => Array.from({ length: count }, () => kernel.allocate(bytes));
  return {
    updates: allocate(updates),
    current: kernel.allocate(bytes),
    output: kernel.allocate(bytes),
    moments: allocate(moments),
    arithmetic: kernelArithmetic(kernel, mean),
    mean,
  };
}
