import type { TileSink } from './section-writer.js';
import type { Aggregation } from './strategy.js';

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
