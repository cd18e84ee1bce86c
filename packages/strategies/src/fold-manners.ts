import type { TensorData } from '@fedops/parameters';
import { type Dtype, FedOpsError, type Signature } from '@fedops/shared-types';
import { totalOf } from './arithmetic/weighted-mean.js';
import type { FoldParts, TileSource } from './fold-parts.js';
import type { MeanAggregation, ModelTile, TileAggregation } from './strategy.js';
import type { TileBuffers } from './tile-buffers.js';
import { type Range, within } from './tile-places.js';

/** How some of the tensors are folded: what is read of the updates, and what is done with it. */
export interface Manner {
  /** Bytes of a tile. */
  readonly tileBytes: number;
  /** Tiles within so many bytes are read together. */
  readonly readBytes: number;
  /** How many updates are in memory at a time. */
  readonly held: number;
  /** Whether anybody looks at the current model. */
  readonly readsCurrent: boolean;
  /**
   * Reads a range of the updates.
   *
   * @param next What will be read after it, where that is known: it may begin to.
   */
  read(data: Range, buffers: TileBuffers, next: Range | undefined): Promise<void>;
  fold(tile: ModelTile, of: FoldedTile): void;
}

/** Where a tile's slices lie. */
interface FoldedTile {
  readonly pass: number;
  readonly buffers: TileBuffers;
  slice(buffer: Uint8Array): TensorData;
}

/** All slices together stay within this, unless that made them too small to be worth a read. */
const TILES_BUDGET_BYTES = 3 * 1024 * 1024;
const TILE_BYTES = 64 * 1024;
const MIN_TILE_BYTES = 4 * 1024;
/** With few updates several tiles are read at once: a read costs more than the sum of a small tile. */
const READ_BUDGET_BYTES = 1024 * 1024;
const TILES_A_READ = 4;
/** Of updates that are summed up a few at a time. */
const SUMMED_BYTES = 256 * 1024;
/** Node reads four files at a time. */
const GROUP = 4;

/**
 * The manner for each type of elements: float32 are summed up where the mean is all that an aggregation needs.
 *
 * @param wanted Bytes of a tile, at the most.
 * @throws {FedOpsError} `invalid-argument` where there is not one weight for each update.
 */
export function mannersOf(
  { aggregation, updates }: FoldParts,
  signature: Signature,
  wanted: number | undefined,
): (dtype: Dtype) => Manner {
  // Not by its weights: also one that sees every update may hold some.
  if ('fold' in aggregation) {
    const shown = showing(aggregation, updates, wanted);
    return () => shown;
  }
  const { length } = aggregation.weights;
  if (length !== updates.length) {
    throw new FedOpsError(
      'invalid-argument',
      `weights: expected one for each of ${updates.length} updates, got ${length}`,
    );
  }
  const summed = summing(aggregation, updates, wanted);
  const others = showing(meanOfTiles(aggregation, signature), updates, wanted);
  return (dtype) => (dtype === 'float32' ? summed : others);
}

/** Shows a strategy the same tile of all updates. */
function showing(aggregation: TileAggregation, updates: readonly TileSource[], wanted = TILE_BYTES): Manner {
  const shareOf = (budget: number) => Math.floor(budget / Math.max(1, updates.length));
  const tileBytes = roundedTo64(Math.min(wanted, Math.max(MIN_TILE_BYTES, shareOf(TILES_BUDGET_BYTES))));
  return {
    tileBytes,
    readBytes: Math.max(tileBytes, Math.min(tileBytes * TILES_A_READ, shareOf(READ_BUDGET_BYTES))),
    held: updates.length,
    readsCurrent: true,
    async read(data, buffers) {
      await Promise.all(
        updates.map((update, k) => update.read(data.offset, within(buffers.updates[k]!, 0, data))),
      );
    },
    fold(tile, { pass, buffers, slice }) {
      aggregation.fold({ ...tile, pass, updates: buffers.updates.map(slice) }, buffers.arithmetic);
    },
  };
}

/** The same aggregation, as one that is shown all updates. */
function meanOfTiles(aggregation: MeanAggregation, signature: Signature): TileAggregation {
  return {
    passes: 1,
    fold(tile, arithmetic) {
      const { dtype } = signature[tile.tensor]!;
      arithmetic.weightedMean(dtype, tile.updates, aggregation.weights, tile.output);
      aggregation.step?.(tile);
    },
    finish: () => aggregation.finish(),
  };
}

/** Slices that are on their way into memory. */
interface Reading {
  readonly slices: readonly Float32Array[];
  readonly done: Promise<unknown>;
}

/**
 * Sums up float32 of a few updates at a time, in their order. One group is read while the one before is added, and the
 * first group of the next range while this one's mean is worked on.
 */
function summing(
  aggregation: MeanAggregation,
  updates: readonly TileSource[],
  wanted = SUMMED_BYTES,
): Manner {
  const { weights } = aggregation;
  const tileBytes = roundedTo64(wanted);
  const group = Math.min(GROUP, updates.length);
  let groupsRead = 0;
  let ahead: (Reading & Range) | undefined;

  /** Into the half of the buffers that is not being added. */
  function beginToRead({ offset, byteLength }: Range, first: number, buffers: TileBuffers): Reading {
    const half = (groupsRead++ % 2) * group;
    const sources = updates.slice(first, first + group);
    const slices = buffers.updates.slice(half, half + sources.length).map((row) => floatsIn(row, byteLength));
    const done = Promise.all(
      sources.map((update, i) => {
        const { buffer, byteOffset } = slices[i]!;
        return update.read(offset, new Uint8Array(buffer, byteOffset, byteLength));
      }),
    );
    // Of a fold that fails meanwhile nobody waits for it.
    done.catch(() => {});
    return { slices, done };
  }

  return {
    tileBytes,
    readBytes: tileBytes,
    held: 2 * group,
    readsCurrent: aggregation.step !== undefined,
    async read(data, buffers, next) {
      buffers.mean.begin(data.byteLength / 4);
      let reading = ahead?.offset === data.offset ? ahead : beginToRead(data, 0, buffers);
      for (let first = 0; first < updates.length; first += group) {
        const { slices, done } = reading;
        await done;
        if (first + group < updates.length) reading = beginToRead(data, first + group, buffers);
        else if (next !== undefined) ahead = { ...next, ...beginToRead(next, 0, buffers) };
        buffers.mean.add(slices, weights.slice(first, first + slices.length));
      }
      buffers.mean.end(totalOf(weights), floatsIn(buffers.output, data.byteLength));
    },
    fold: (tile) => aggregation.step?.(tile),
  };
}

function floatsIn(
  { buffer, byteOffset }: Uint8Array<ArrayBuffer>,
  byteLength: number,
): Float32Array<ArrayBuffer> {
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

/** So that tiles keep the alignment of their tensor. */
function roundedTo64(bytes: number): number {
  return Math.max(64, Math.floor(bytes / 64) * 64);
}
