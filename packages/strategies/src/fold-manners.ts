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
  /** Reads a range of the updates. */
  read(data: Range, buffers: TileBuffers): Promise<void>;
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
  if (!('weights' in aggregation)) {
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

/** Sums up float32 of a few updates at a time, in their order: one group is read while the one before is added. */
function summing(
  aggregation: MeanAggregation,
  updates: readonly TileSource[],
  wanted = SUMMED_BYTES,
): Manner {
  const { weights } = aggregation;
  const tileBytes = roundedTo64(wanted);
  return {
    tileBytes,
    readBytes: tileBytes,
    held: updates.length <= GROUP ? updates.length : 2 * GROUP,
    readsCurrent: aggregation.step !== undefined,
    async read(data, buffers) {
      const elements = data.byteLength / 4;
      const floatsOf = ({ buffer, byteOffset }: Uint8Array<ArrayBuffer>) =>
        new Float32Array(buffer, byteOffset, elements);

      /** Into the half of the buffers that is not being added. */
      function readFrom(first: number): { readonly slices: Float32Array[]; readonly done: Promise<unknown> } {
        const half = first % (2 * GROUP);
        const group = updates.slice(first, first + GROUP);
        const into = buffers.updates.slice(half, half + group.length);
        const done = Promise.all(
          group.map((update, i) => update.read(data.offset, within(into[i]!, 0, data))),
        );
        return { slices: into.map(floatsOf), done };
      }

      buffers.mean.begin(elements);
      let next = readFrom(0);
      for (let first = 0; first < updates.length; first += GROUP) {
        const { slices, done } = next;
        await done;
        if (first + GROUP < updates.length) next = readFrom(first + GROUP);
        buffers.mean.add(slices, weights.slice(first, first + slices.length));
      }
      buffers.mean.end(totalOf(weights), floatsOf(buffers.output));
    },
    fold: (tile) => aggregation.step?.(tile),
  };
}

/** So that tiles keep the alignment of their tensor. */
function roundedTo64(bytes: number): number {
  return Math.max(64, Math.floor(bytes / 64) * 64);
}
