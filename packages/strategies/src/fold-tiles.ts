import { BYTES_PER_ELEMENT, layoutOf, viewTensorData } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { hasMoments, momentSignature } from './moments.js';
import { createSectionWriter, type TileSink } from './section-writer.js';
import type { Aggregation } from './strategy.js';
import { createTileMemory, type TileBuffers, type TileMemory } from './tile-buffers.js';

/** Reads from the data section of encoded parameters. */
export interface TileSource {
  /** Fills `into` from `offset`, in bytes from the start of the data section. */
  read(offset: number, into: Uint8Array): Promise<void>;
}

export interface FoldParts {
  readonly aggregation: Aggregation;
  /** In the order of the updates that the aggregation was planned with. */
  readonly updates: readonly TileSource[];
  readonly current: TileSource;
  readonly output: TileSink;
  /** One for each of the strategy's moments. */
  readonly moments: readonly MomentPlace[];
}

/** Where a moment of the last version lies (absent at first: zeros), and where the next one goes. */
export interface MomentPlace {
  readonly last?: TileSource;
  readonly next: TileSink;
}

export interface FoldSettings {
  readonly signature: Signature;
  /** Upper bound for one update's slice; 64 KiB where not given, and less when there are many updates. */
  readonly tileBytes?: number;
  /** From the fold of the round before; new memory where not given. */
  readonly memory?: TileMemory;
}

/** All slices together stay within this, unless that made them too small to be worth a read. */
const TILES_BUDGET_BYTES = 4 * 1024 * 1024;
const MIN_TILE_BYTES = 4 * 1024;

/**
 * Runs an aggregation over all tiles of all tensors, in order, as often as it asks for.
 * Memory: one tile for each update and a few more, whatever the size of the model.
 */
export async function foldTiles(
  parts: FoldParts,
  { signature, tileBytes, memory = createTileMemory() }: FoldSettings,
): Promise<void> {
  const stretches = [...stretchesOf(signature, tileBytesFor(parts.updates.length, tileBytes ?? 64 * 1024))];
  const longest = stretches.reduce((most, { byteLength }) => Math.max(most, byteLength), 0);
  const buffers = memory.take({
    updates: parts.updates.length,
    moments: parts.moments.length,
    bytes: longest,
  });
  try {
    await foldStretches(parts, buffers, stretches);
  } finally {
    memory.giveBack(buffers);
  }
}

async function foldStretches(
  parts: FoldParts,
  buffers: TileBuffers,
  stretches: readonly Stretch[],
): Promise<void> {
  const output = createSectionWriter(parts.output);
  const moments = parts.moments.map(({ next }) => createSectionWriter(next));
  const { passes } = parts.aggregation;
  for (let pass = 0; pass < passes; pass++) {
    for (const stretch of stretches) {
      await readTile(parts, buffers, stretch);
      const momentSlices = stretch.momentOffset === undefined ? [] : buffers.moments;
      const slice = (buffer: Uint8Array) => viewTensorData(stretch.dtype, buffer, 0, stretch.elements);
      const tile = {
        pass,
        tensor: stretch.tensor,
        updates: buffers.updates.map(slice),
        current: slice(buffers.current),
        output: slice(buffers.output),
        moments: momentSlices.map(
          ({ buffer, byteOffset }) => new Float32Array(buffer, byteOffset, stretch.elements),
        ),
      };
      parts.aggregation.fold(tile, buffers.arithmetic);
      if (pass < passes - 1) continue;
      await output.write(stretch.offset, buffers.output.subarray(0, stretch.byteLength));
      for (const [i, buffer] of momentSlices.entries()) {
        await moments[i]!.write(stretch.momentOffset!, buffer.subarray(0, stretch.elements * 4));
      }
    }
  }
}

/** A tile's place: a stretch of one tensor. */
interface Stretch {
  readonly tensor: number;
  readonly dtype: Signature[number]['dtype'];
  /** In bytes from the start of the data section. */
  readonly offset: number;
  readonly byteLength: number;
  readonly elements: number;
  /** The same in a moment's data section; undefined for tensors without moments. */
  readonly momentOffset: number | undefined;
}

function* stretchesOf(signature: Signature, tileBytes: number): Iterable<Stretch> {
  const { places } = layoutOf(signature);
  const momentPlaces = layoutOf(momentSignature(signature)).places;
  let moment = 0;
  for (const [tensor, { dtype }] of signature.entries()) {
    const place = places[tensor]!;
    const momentPlace = hasMoments(dtype) ? momentPlaces[moment++] : undefined;
    for (let at = 0; at < place.byteLength; at += tileBytes) {
      const byteLength = Math.min(tileBytes, place.byteLength - at);
      const firstElement = at / BYTES_PER_ELEMENT[dtype];
      yield {
        tensor,
        dtype,
        offset: place.offset + at,
        byteLength,
        elements: byteLength / BYTES_PER_ELEMENT[dtype],
        momentOffset: momentPlace === undefined ? undefined : momentPlace.offset + firstElement * 4,
      };
    }
  }
}

/** A multiple of 64, so that tiles keep the alignment of their tensor. */
function tileBytesFor(updates: number, wanted: number): number {
  const share = Math.max(MIN_TILE_BYTES, Math.floor(TILES_BUDGET_BYTES / Math.max(1, updates)));
  return Math.max(64, Math.floor(Math.min(wanted, share) / 64) * 64);
}

async function readTile(parts: FoldParts, buffers: TileBuffers, stretch: Stretch): Promise<void> {
  const { offset, byteLength, momentOffset, elements } = stretch;
  const reads = parts.updates.map((update, k) =>
    update.read(offset, buffers.updates[k]!.subarray(0, byteLength)),
  );
  reads.push(parts.current.read(offset, buffers.current.subarray(0, byteLength)));
  if (momentOffset !== undefined) {
    for (const [i, { last }] of parts.moments.entries()) {
      const into = buffers.moments[i]!.subarray(0, elements * 4);
      if (last === undefined) into.fill(0);
      else reads.push(last.read(momentOffset, into));
    }
  }
  await Promise.all(reads);
}
