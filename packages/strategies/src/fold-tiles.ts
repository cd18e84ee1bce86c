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

/** What one fold reads and writes: an aggregation, encoded updates and models without their headers. */
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

/** What the tensors are, and how much memory a fold takes. */
export interface FoldSettings {
  readonly signature: Signature;
  /** Upper bound for one update's slice; 64 KiB where not given, and less when there are many updates. */
  readonly tileBytes?: number;
  /** From the fold of the round before; new memory where not given. */
  readonly memory?: TileMemory;
}

/** All slices together stay within this, unless that made them too small to be worth a read. */
const TILES_BUDGET_BYTES = 3 * 1024 * 1024;
const TILE_BYTES = 64 * 1024;
const MIN_TILE_BYTES = 4 * 1024;
/** With few updates several tiles are read at once: a read costs more than the sum of a small tile. */
const READ_BUDGET_BYTES = 1024 * 1024;
const TILES_A_READ = 4;

/**
 * Runs an aggregation over all tiles of all tensors, in order, as often as it asks for.
 * Memory: a few tiles for each update and a few more, whatever the size of the model.
 *
 * @throws {FedOpsError} `invalid-argument` where a weighted sum of float64 overflows; what sources and sinks throw.
 */
export async function foldTiles(
  parts: FoldParts,
  { signature, tileBytes: wanted = TILE_BYTES, memory = createTileMemory() }: FoldSettings,
): Promise<void> {
  const shareOf = (budget: number) => Math.floor(budget / Math.max(1, parts.updates.length));
  const tileBytes = roundedTo64(Math.min(wanted, Math.max(MIN_TILE_BYTES, shareOf(TILES_BUDGET_BYTES))));
  const readBytes = Math.max(tileBytes, Math.min(tileBytes * TILES_A_READ, shareOf(READ_BUDGET_BYTES)));
  const spans = [...spansOf(tilesOf(signature, tileBytes), readBytes)];
  const buffers = memory.take({
    updates: parts.updates.length,
    moments: parts.moments.length,
    bytes: Math.max(0, ...spans.map(({ data }) => data.byteLength)),
  });
  try {
    await foldSpans(parts, buffers, spans);
  } finally {
    memory.giveBack(buffers);
  }
}

async function foldSpans(parts: FoldParts, buffers: TileBuffers, spans: readonly Span[]): Promise<void> {
  const output = createSectionWriter(parts.output);
  const moments = parts.moments.map(({ next }) => createSectionWriter(next));
  const { passes } = parts.aggregation;
  for (let pass = 0; pass < passes; pass++) {
    for (const span of spans) {
      await readSpan(parts, buffers, span);
      for (const tile of span.tiles) {
        const { tensor, dtype, elements } = tile;
        const at = tile.data.offset - span.data.offset;
        const slice = (buffer: Uint8Array) => viewTensorData(dtype, buffer, at, elements);
        const momentSlices = tile.moments === undefined ? [] : buffers.moments;
        const momentAt = (tile.moments?.offset ?? 0) - (span.moments?.offset ?? 0);
        parts.aggregation.fold(
          {
            pass,
            tensor,
            updates: buffers.updates.map(slice),
            current: slice(buffers.current),
            output: slice(buffers.output),
            moments: momentSlices.map(
              ({ buffer, byteOffset }) => new Float32Array(buffer, byteOffset + momentAt, elements),
            ),
          },
          buffers.arithmetic,
        );
        if (pass < passes - 1) continue;
        await output.write(tile.data.offset, within(buffers.output, at, tile.data));
        for (const [i, buffer] of momentSlices.entries()) {
          await moments[i]!.write(tile.moments!.offset, within(buffer, momentAt, tile.moments!));
        }
      }
    }
  }
}

/** A place in a data section, in bytes from its start. */
interface Range {
  readonly offset: number;
  readonly byteLength: number;
}

/** A stretch of one tensor. */
interface TilePlace {
  readonly tensor: number;
  readonly dtype: Signature[number]['dtype'];
  readonly elements: number;
  readonly data: Range;
  /** In a moment's data section; undefined for tensors without moments. */
  readonly moments: Range | undefined;
}

/** Tiles that lie close together: read at once, folded one after another. */
interface Span {
  readonly tiles: readonly TilePlace[];
  readonly data: Range;
  readonly moments: Range | undefined;
}

function* tilesOf(signature: Signature, tileBytes: number): Iterable<TilePlace> {
  const { places } = layoutOf(signature);
  const momentPlaces = layoutOf(momentSignature(signature)).places;
  let moment = 0;
  for (const [tensor, { dtype }] of signature.entries()) {
    const place = places[tensor]!;
    const momentPlace = hasMoments(dtype) ? momentPlaces[moment++] : undefined;
    for (let at = 0; at < place.byteLength; at += tileBytes) {
      const byteLength = Math.min(tileBytes, place.byteLength - at);
      const [first, elements] = [at / BYTES_PER_ELEMENT[dtype], byteLength / BYTES_PER_ELEMENT[dtype]];
      yield {
        tensor,
        dtype,
        elements,
        data: { offset: place.offset + at, byteLength },
        moments: momentPlace && { offset: momentPlace.offset + first * 4, byteLength: elements * 4 },
      };
    }
  }
}

/** Keeps the alignment of the tensors: spans begin where a tile does. */
function* spansOf(tiles: Iterable<TilePlace>, mostBytes: number): Iterable<Span> {
  let near: TilePlace[] = [];
  for (const tile of tiles) {
    if (near.length > 0 && endOf(tile.data) - near[0]!.data.offset > mostBytes) {
      yield spanOf(near);
      near = [];
    }
    near.push(tile);
  }
  if (near.length > 0) yield spanOf(near);
}

function spanOf(tiles: readonly TilePlace[]): Span {
  const moments = tiles.flatMap((tile) => tile.moments ?? []);
  return {
    tiles,
    data: rangeOver(tiles.map(({ data }) => data))!,
    moments: rangeOver(moments),
  };
}

function rangeOver(ranges: readonly Range[]): Range | undefined {
  const [first, last] = [ranges[0], ranges.at(-1)];
  return first && last && { offset: first.offset, byteLength: endOf(last) - first.offset };
}

function endOf({ offset, byteLength }: Range): number {
  return offset + byteLength;
}

function within(buffer: Uint8Array, at: number, { byteLength }: Range): Uint8Array {
  return buffer.subarray(at, at + byteLength);
}

/** So that tiles keep the alignment of their tensor. */
function roundedTo64(bytes: number): number {
  return Math.max(64, Math.floor(bytes / 64) * 64);
}

async function readSpan(parts: FoldParts, buffers: TileBuffers, { data, moments }: Span): Promise<void> {
  const reads = parts.updates.map((update, k) =>
    update.read(data.offset, within(buffers.updates[k]!, 0, data)),
  );
  reads.push(parts.current.read(data.offset, within(buffers.current, 0, data)));
  if (moments !== undefined) {
    for (const [i, { last }] of parts.moments.entries()) {
      const into = within(buffers.moments[i]!, 0, moments);
      if (last === undefined) into.fill(0);
      else reads.push(last.read(moments.offset, into));
    }
  }
  await Promise.all(reads);
}
