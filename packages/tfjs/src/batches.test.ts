import { expect, test } from '@jest/globals';
import { createBatchReader } from './batches.js';

test('gathers the rows of the examples asked for, scaled, with one-hot targets', () => {
  const read = createBatchReader(
    {
      features: Uint8Array.of(0, 2, 4, 6, 8, 10),
      featureShape: [2],
      scale: 0.5,
      targets: { kind: 'classes', labels: Uint8Array.of(0, 1, 2), classes: 3 },
    },
    2,
  );

  const { size, features, targets } = read(Uint32Array.of(2, 0));

  expect(size).toBe(2);
  expect([...features]).toEqual([4, 5, 0, 1]);
  expect([...targets]).toEqual([0, 0, 1, 1, 0, 0]);
});

test('a smaller batch after a larger one holds nothing of it', () => {
  const read = createBatchReader(
    {
      features: Float32Array.of(1, 2, 3),
      featureShape: [1],
      targets: { kind: 'classes', labels: Int32Array.of(0, 1, 1), classes: 2 },
    },
    2,
  );
  read(Uint32Array.of(0, 1));

  const { features, targets } = read(Uint32Array.of(2));

  expect([...features]).toEqual([3]);
  expect([...targets]).toEqual([0, 1]);
});

test('reads values as they are', () => {
  const values = Float32Array.of(1, 2, 3, 4);
  const read = createBatchReader(
    { features: Float32Array.of(5, 6), featureShape: [1], targets: { kind: 'values', values, shape: [2] } },
    1,
  );

  expect([...read(Uint32Array.of(1)).targets]).toEqual([3, 4]);
});
