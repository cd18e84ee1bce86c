import { layoutOf, viewTensorData } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { type Manner, mannersOf } from './fold-manners.js';
import type { FoldParts } from './fold-parts.js';
import { momentSignature } from './moments.js';
import { createSectionWriter } from './section-writer.js';
import type { ModelTile } from './strategy.js';
import { createTileMemory, type TileBuffers, type TileMemory } from './tile-buffers.js';
import { endOf, type Span, spansOf, tilesOf, within } from './tile-places.js';

/** What the tensors are, and how much memory a fold takes. */
export interface FoldSettings {
  readonly signature: Signature;
  /** Upper bound for one update's slice; where not given, 256 KiB of a mean that is summed up, else 64 KiB or less. */
  readonly tileBytes?: number;
  /** From the fold of the round before; new memory where not given. */
  readonly memory?: TileMemory;
}

/**
 * Runs an aggregation over all tiles of all tensors, in order, as often as it asks for.
 * Memory: a few tiles for each update and a few more, or a dozen for all where a mean of float32 is summed up; whatever
 * the size of the model.
 *
 * @throws {FedOpsError} `invalid-argument` where a weighted sum of float64 overflows; what sources and sinks throw.
 */
export async function foldTiles(
  parts: FoldParts,
  { signature, tileBytes, memory = createTileMemory() }: FoldSettings,
): Promise<void> {
  const mannerOf = mannersOf(parts, signature, tileBytes);
  const spans = [
    ...spansOf(
      tilesOf(signature, (dtype) => mannerOf(dtype).tileBytes),
      (first, last) => {
        const manner = mannerOf(first.dtype);
        return manner === mannerOf(last.dtype) && endOf(last.data) - first.data.offset <= manner.readBytes;
      },
    ),
  ].map((span) => ({ span, manner: mannerOf(span.tiles[0]!.dtype) }));

  const buffers = new Map<Manner, TileBuffers>();
  for (const manner of new Set(spans.map(({ manner }) => manner))) {
    const bytes = Math.max(...spans.map((of) => (of.manner === manner ? of.span.data.byteLength : 0)));
    buffers.set(manner, memory.take({ updates: manner.held, moments: parts.moments.length, bytes }));
  }
  await foldSpans(
    parts,
    signature,
    spans.map(({ span, manner }) => ({ span, manner, buffers: buffers.get(manner)! })),
  );
  // Not where the fold failed: what it was reading then may come into them still.
  for (const taken of buffers.values()) memory.giveBack(taken);
}

interface SpanWork {
  readonly span: Span;
  readonly manner: Manner;
  readonly buffers: TileBuffers;
}

async function foldSpans(parts: FoldParts, signature: Signature, works: readonly SpanWork[]): Promise<void> {
  const output = createSectionWriter(parts.output);
  const moments = parts.moments.map(({ next }) => createSectionWriter(next));
  const passes = 'fold' in parts.aggregation ? parts.aggregation.passes : 1;
  for (let pass = 0; pass < passes; pass++) {
    for (const [i, { span, manner, buffers }] of works.entries()) {
      const next = works[i + 1]?.manner === manner ? works[i + 1]!.span.data : undefined;
      await Promise.all([manner.read(span.data, buffers, next), readModel(parts, manner, span, buffers)]);
      for (const tile of span.tiles) {
        const { tensor, dtype, elements } = tile;
        const at = tile.data.offset - span.data.offset;
        const slice = (buffer: Uint8Array) => viewTensorData(dtype, buffer, at, elements);
        const momentSlices = tile.moments === undefined ? [] : buffers.moments;
        const momentAt = (tile.moments?.offset ?? 0) - (span.moments?.offset ?? 0);
        const modelTile: ModelTile = {
          tensor,
          current: slice(buffers.current),
          output: slice(buffers.output),
          moments: momentSlices.map(
            ({ buffer, byteOffset }) => new Float32Array(buffer, byteOffset + momentAt, elements),
          ),
        };
        manner.fold(modelTile, { pass, buffers, slice });
        if (pass < passes - 1) continue;
        await output.write(tile.data.offset, within(buffers.output, at, tile.data));
        for (const [i, buffer] of momentSlices.entries()) {
          await moments[i]!.write(tile.moments!.offset, within(buffer, momentAt, tile.moments!));
        }
      }
    }
  }
  await output.end(layoutOf(signature).byteLength);
  for (const moment of moments) await moment.end(layoutOf(momentSignature(signature)).byteLength);
}

async function readModel(
  { current, moments: places }: FoldParts,
  { readsCurrent }: Manner,
  { data, moments }: Span,
  buffers: TileBuffers,
): Promise<void> {
  const reads = readsCurrent ? [current.read(data.offset, within(buffers.current, 0, data))] : [];
  if (moments !== undefined) {
    for (const [i, { last }] of places.entries()) {
      const into = within(buffers.moments[i]!, 0, moments);
      if (last === undefined) into.fill(0);
      else reads.push(last.read(moments.offset, into));
    }
  }
  await Promise.all(reads);
}
