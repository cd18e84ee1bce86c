import { FedOpsError } from '@fedops/shared-types';

/** Examples that a trainer learns from or is measured on. Kept as they are: they must not change afterwards. */
export interface Dataset {
  /** All examples one after the other, each in C order. */
  readonly features: Float32Array | Uint8Array;
  /** Shape of one example: `[784]`, `[28, 28, 1]`. */
  readonly featureShape: readonly number[];
  /** Every feature is multiplied by it on its way into the model; 1 unless given. Bytes of an image: 1 / 255. */
  readonly scale?: number;
  readonly targets: Targets;
}

/** `classes`: one class of several per example, seen by the loss as one-hot rows. `values`: numbers as they are. */
export type Targets =
  | { readonly kind: 'classes'; readonly labels: Uint8Array | Int32Array; readonly classes: number }
  | { readonly kind: 'values'; readonly values: Float32Array; readonly shape: readonly number[] };

/** Number of examples. */
export function exampleCount({ targets }: Dataset): number {
  return targets.kind === 'classes' ? targets.labels.length : targets.values.length / elements(targets.shape);
}

/** Shape of one example's target, as the loss sees it. */
export function targetShape(targets: Targets): readonly number[] {
  return targets.kind === 'classes' ? [targets.classes] : targets.shape;
}

/**
 * @throws {FedOpsError} `invalid-argument` where there is no example, features and targets do not belong together,
 *   or a label is none of the classes.
 */
export function assertDataset(dataset: Dataset): void {
  const { features, featureShape, targets } = dataset;
  const count = exampleCount(dataset);
  if (!Number.isInteger(count) || count === 0) {
    throw new FedOpsError(
      'invalid-argument',
      `data set: expected whole examples, at least one, got ${count}`,
    );
  }
  const expected = count * elements(featureShape);
  if (features.length !== expected) {
    throw new FedOpsError(
      'invalid-argument',
      `data set: expected ${expected} features for ${count} examples of [${featureShape.join(', ')}], got ${features.length}`,
    );
  }
  if (targets.kind === 'values') return;
  const { labels, classes } = targets;
  const at = labels.findIndex((label) => label < 0 || label >= classes);
  if (at >= 0) {
    throw new FedOpsError(
      'invalid-argument',
      `data set: expected labels from 0 to ${classes - 1}, got ${labels[at]} at example ${at}`,
    );
  }
}

/** Number of elements of one example of that shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
