import type { TensorData } from '@fedops/parameters';
import type { ClientId, Config, Metrics, Signature } from '@fedops/shared-types';
import type { Arithmetic } from './arithmetic/arithmetic.js';

/**
 * How a federation learns: what clients are told, and how their updates become the next global model.
 *
 * A strategy keeps nothing: state goes in and comes out, and is stored with the model. It never sees K whole
 * updates, only tiles: the same slice of every update. So the server's memory does not grow with the model
 * times the clients.
 */
export interface Strategy {
  readonly name: string;
  /** Its settings as plain data, for the model's manifest. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  /** Names of the model-shaped float32 arrays that it carries from round to round, such as a momentum. */
  readonly moments: readonly string[];
  configureFit(round: number): Config;
  configureEvaluate(round: number): Config;
  /** Begins one aggregation, from the headers of the updates and the numbers kept since the last one. */
  plan(input: AggregationInput): Aggregation;
}

/** What a strategy plans an aggregation from: facts about the updates, none of their elements. */
export interface AggregationInput {
  readonly round: number;
  readonly signature: Signature;
  /** At least one; in the order of client ids, which is the order of every tile's `updates`. */
  readonly updates: readonly UpdateFacts[];
  /** What `finish` of the last aggregation returned; empty in the first. */
  readonly scalars: Readonly<Record<string, number>>;
}

/** What is known of an update without looking at its elements. */
export interface UpdateFacts {
  readonly clientId: ClientId;
  readonly numExamples: number;
  readonly metrics: Metrics;
  /** Euclidean norm over all floating-point tensors. */
  readonly l2Norm: number;
}

/** One aggregation under way; one that is a mean and something done to it is best a {@link MeanAggregation}. */
export type Aggregation = TileAggregation | MeanAggregation;

/** One that sees every update: it is shown all tiles of all tensors in order, `passes` times. */
export interface TileAggregation extends AggregationEnd {
  /** How often the strategy wants to see all tiles; in the last pass it fills `output`. */
  readonly passes: number;
  /** @param arithmetic Does the heavy sums, quickly on the tile's arrays. */
  fold(tile: Tile, arithmetic: Arithmetic): void;
}

/**
 * One that needs of the updates their weighted mean alone. The runner takes it: it reads a few updates at a time, in
 * long stretches: a fraction of the reads that a small tile of every update takes.
 */
export interface MeanAggregation extends AggregationEnd {
  /** One for each update, such as numExamples: positive integers. */
  readonly weights: readonly number[];
  /** Makes the next model of the mean, which `output` holds; where absent, the mean is the next model. */
  step?(tile: ModelTile): void;
}

interface AggregationEnd {
  /** After the last tile: metrics of the aggregation, and the numbers to keep for the next one. */
  finish(): { readonly metrics: Metrics; readonly scalars: Readonly<Record<string, number>> };
}

/** The same stretch of one tensor: of the current global model, and of the next one. */
export interface ModelTile {
  /** Index into the signature. */
  readonly tensor: number;
  readonly current: TensorData;
  /** The next model: what the strategy writes, of several passes in the last. */
  readonly output: TensorData;
  /** One slice for each of the strategy's moments, zeros at first, updated in place in the last pass; none for integer tensors. */
  readonly moments: readonly Float32Array[];
}

/** The same stretch of one tensor, of every update too. */
export interface Tile extends ModelTile {
  /** Counted from 0. */
  readonly pass: number;
  readonly updates: readonly TensorData[];
}
