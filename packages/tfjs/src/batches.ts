import { type Dataset, elements, targetShape } from './dataset.js';

/** Some examples in one piece; views of buffers that the next batch overwrites. */
export interface Batch {
  readonly size: number;
  readonly features: Float32Array;
  /** One-hot rows where the data set has classes. */
  readonly targets: Float32Array;
}

/**
 * Reads batches of up to `batchSize` examples by their indices.
 *
 * Rows are gathered on the JavaScript side, since slicing a tensor costs the wasm backend a copy of all of it.
 */
export function createBatchReader(dataset: Dataset, batchSize: number): (indices: Uint32Array) => Batch {
  const { features, featureShape, scale = 1, targets } = dataset;
  const width = elements(featureShape);
  const targetWidth = elements(targetShape(targets));
  const featureBuffer = new Float32Array(batchSize * width);
  const targetBuffer = new Float32Array(batchSize * targetWidth);

  function readTarget(example: number, offset: number): void {
    if (targets.kind === 'classes') {
      targetBuffer[offset + targets.labels[example]!] = 1;
    } else {
      const start = example * targetWidth;
      targetBuffer.set(targets.values.subarray(start, start + targetWidth), offset);
    }
  }

  return (indices) => {
    targetBuffer.fill(0);
    indices.forEach((example, row) => {
      const from = example * width;
      const to = row * width;
      for (let i = 0; i < width; i++) featureBuffer[to + i] = features[from + i]! * scale;
      readTarget(example, row * targetWidth);
    });
    return {
      size: indices.length,
      features: featureBuffer.subarray(0, indices.length * width),
      targets: targetBuffer.subarray(0, indices.length * targetWidth),
    };
  };
}
