import type { Config, Metrics, Signature } from '@fedops/shared-types';
import type { EvaluateOutput, WorkOrigin } from '../trainer.js';
import type { PackedParameters } from './packed-parameters.js';
import type { ThreadError } from './thread-error.js';

/** What a thread is started with. */
export interface ThreadData {
  /** Of the module that exports `createTrainer`. */
  readonly url: string;
  readonly data: unknown;
}

/** A trainer's call on its way into the thread. */
export interface CallMessage extends WorkOrigin {
  readonly kind: 'fit' | 'evaluate';
  readonly id: number;
  readonly parameters: PackedParameters;
  readonly config: Config;
  readonly round: number;
  readonly seed: number;
  /** One Int32: 1 once the work is no longer wanted. */
  readonly abortFlag: SharedArrayBuffer;
}

/** Everything that goes into the thread. */
export type ToThread = CallMessage | { readonly kind: 'abort'; readonly id: number };

/** What came of a fit, packed to be transferred. */
export interface PackedFitOutput {
  readonly parameters: PackedParameters;
  readonly numExamples: number;
  readonly metrics: Metrics;
}

/** Everything that comes out of the thread. */
export type FromThread =
  | { readonly kind: 'ready'; readonly signature: Signature | undefined }
  /** There is no trainer: the module could not be loaded, or `createTrainer` failed. */
  | { readonly kind: 'unusable'; readonly error: ThreadError }
  | { readonly kind: 'progress'; readonly id: number; readonly fraction: number }
  | { readonly kind: 'fitted'; readonly id: number; readonly output: PackedFitOutput }
  | { readonly kind: 'evaluated'; readonly id: number; readonly output: EvaluateOutput }
  | { readonly kind: 'failed'; readonly id: number; readonly error: ThreadError };
