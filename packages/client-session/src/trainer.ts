import type { Parameters } from '@fedops/parameters';
import type { ClientId, Config, Metrics, RunId, Signature, TaskId } from '@fedops/shared-types';

/**
 * What a device brings to a federation: it trains on local data that never leaves it.
 *
 * Randomness of a fit must start from `seed` and nothing else, so that the same run gives the same model.
 */
export interface Trainer {
  /**
   * What it trains, where it knows before it has seen a model: a server that asks for another one then refuses the
   * client when it joins. Read at each registration, so that it may become known later.
   */
  readonly signature?: Signature | undefined;
  /** Trains from the given parameters on local data and returns what came of it. */
  fit(input: FitInput, context: TrainerContext): Promise<FitOutput>;
  /** Measures the given parameters on local data. */
  evaluate(input: EvaluateInput, context: TrainerContext): Promise<EvaluateOutput>;
}

/** Whose work it is. A session says it with every call; whoever calls a trainer outside a federation may leave it out. */
export interface WorkOrigin {
  readonly taskId?: TaskId;
  /** As the FL server calls its run; with a Flower server, which has no name for one, what the client made up. */
  readonly runId?: RunId;
  /** Under which id this client takes part. */
  readonly clientId?: ClientId;
}

/** What a fit starts from. */
export interface FitInput extends WorkOrigin {
  /** The global model; belongs to the trainer from here on. */
  readonly parameters: Parameters;
  /** Settings of the strategy, such as `localEpochs` and `batchSize`. */
  readonly config: Config;
  /** Counted from 1. */
  readonly round: number;
  /** An unsigned 32-bit integer that derives from (seed, run, round, client). */
  readonly seed: number;
}

/** What came of a fit. */
export interface FitOutput {
  /** With the signature of the input. Belongs to the caller: return a copy of what the trainer goes on changing. */
  readonly parameters: Parameters;
  /** Examples trained on, at least 1: the weight of this update. */
  readonly numExamples: number;
  readonly metrics: Metrics;
}

/** What an evaluation measures; the fields are those of {@link FitInput}. */
export interface EvaluateInput extends WorkOrigin {
  readonly parameters: Parameters;
  readonly config: Config;
  readonly round: number;
  readonly seed: number;
}

/** What an evaluation measured. */
export interface EvaluateOutput {
  readonly loss: number;
  /** Examples measured, at least 1: the weight of this evaluation. */
  readonly numExamples: number;
  readonly metrics: Metrics;
}

/** How a trainer hears from its session, and tells it how far it is. */
export interface TrainerContext {
  /** Set when the work is no longer wanted. `signal.aborted` is true at once, even within a loop that never yields. */
  readonly signal: AbortSignal;
  /** Tells how far the work is, 0 to 1. Cheap: call it as often as it is convenient. */
  progress(fraction: number): void;
}
