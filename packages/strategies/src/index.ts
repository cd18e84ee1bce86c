// biome-ignore-all assist/source/organizeImports: grouped for readers
export { fedAvg, type InstructionSettings } from './fed-avg.js';
export { type FedAvgMSettings, fedAvgM } from './fed-avg-m.js';

// For those who write a strategy of their own.
export type {
  Aggregation,
  AggregationInput,
  MeanAggregation,
  ModelTile,
  Strategy,
  Tile,
  TileAggregation,
  UpdateFacts,
} from './strategy.js';
export { type Arithmetic, plainArithmetic } from './arithmetic/arithmetic.js';
export { meanMetrics } from './arithmetic/mean-metrics.js';
export { totalOf, weightedMean } from './arithmetic/weighted-mean.js';

// For those who run strategies.
export type { FoldParts, MomentPlace, TileSource } from './fold-parts.js';
export { type FoldSettings, foldTiles } from './fold-tiles.js';
export { momentSignature } from './moments.js';
export type { TileSink } from './section-writer.js';
export { createTileMemory, type TileBuffers, type TileMemory } from './tile-buffers.js';
