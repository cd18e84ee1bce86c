import { expect, test } from '@jest/globals';
import { assertDataset, type Dataset } from './dataset.js';

const good: Dataset = {
  features: new Float32Array(6),
  featureShape: [2],
  targets: { kind: 'classes', labels: Uint8Array.of(0, 1, 1), classes: 2 },
};

test('takes a data set whose parts belong together', () => {
  expect(() => assertDataset(good)).not.toThrow();
});

const bad: readonly (readonly [string, Partial<Dataset>])[] = [
  [
    'no example',
    { features: new Float32Array(0), targets: { kind: 'classes', labels: new Uint8Array(0), classes: 2 } },
  ],
  ['too few features', { features: new Float32Array(5) }],
  ['a label that is no class', { targets: { kind: 'classes', labels: Uint8Array.of(0, 2, 1), classes: 2 } }],
  ['a negative label', { targets: { kind: 'classes', labels: Int32Array.of(0, -1, 1), classes: 2 } }],
  ['half an example', { targets: { kind: 'values', values: new Float32Array(5), shape: [2] } }],
];

test.each(bad)('refuses a data set with %s', (_, part) => {
  expect(() => assertDataset({ ...good, ...part })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});
