import type { Metrics } from '@fedops/shared-types';
import type { Targets } from './dataset.js';

/** What was measured on some examples. (No interface: TensorFlow.js wants an index signature of what leaves `tidy`.) */
export type Tally = {
  readonly examples: number;
  /** Sum over the examples. */
  readonly loss: number;
  /** Examples whose class was found; 0 where there are no classes. */
  readonly correct: number;
};

/** Of no examples yet. */
export const EMPTY_TALLY: Tally = { examples: 0, loss: 0, correct: 0 };

/** Both taken together. */
export function addTallies(a: Tally, b: Tally): Tally {
  return { examples: a.examples + b.examples, loss: a.loss + b.loss, correct: a.correct + b.correct };
}

/** Mean loss of an example. */
export function lossOf({ loss, examples }: Tally): number {
  return loss / examples;
}

/** `accuracy` where there are classes, otherwise nothing. */
export function accuracyOf({ correct, examples }: Tally, { kind }: Targets): Metrics {
  return kind === 'classes' ? { accuracy: correct / examples } : {};
}
