import { expect, test } from '@jest/globals';
import {
  configOfScalars,
  metricsOfScalars,
  type Scalars,
  scalarsOfConfig,
  scalarsOfMetrics,
} from './scalar.js';

test('sends whole numbers as ints and others as doubles', () => {
  const scalars = scalarsOfConfig({ localEpochs: 1, learningRate: 0.1, name: 'x', shuffle: true });

  expect(Object.fromEntries(scalars)).toEqual({
    localEpochs: { kind: 'int', value: 1n },
    learningRate: { kind: 'double', value: 0.1 },
    name: { kind: 'string', value: 'x' },
    shuffle: { kind: 'bool', value: true },
  });
});

test('sends a whole number as double where a peer insists on it', () => {
  expect(scalarsOfConfig({ mu: 1 }, ['mu']).get('mu')).toEqual({ kind: 'double', value: 1 });
});

test.each([2 ** 60, -0, Number.POSITIVE_INFINITY])('sends %p as double, which holds it exactly', (value) => {
  expect(scalarsOfConfig({ value }).get('value')).toEqual({ kind: 'double', value });
});

test('reads a config and tells what has no place in one', () => {
  const scalars: Scalars = new Map([
    ['epochs', { kind: 'int', value: 2n }],
    ['lr', { kind: 'double', value: 0.5 }],
    ['flag', { kind: 'bool', value: false }],
    ['key', { kind: 'bytes', value: Uint8Array.of(1) }],
    ['huge', { kind: 'int', value: 2n ** 60n }],
  ]);

  expect(configOfScalars(scalars)).toEqual({
    config: { epochs: 2, lr: 0.5, flag: false },
    dropped: ['key', 'huge'],
  });
});

test('keeps the metrics that are numbers and names the others', () => {
  const scalars: Scalars = new Map([
    ['accuracy', { kind: 'double', value: 0.5 }],
    ['steps', { kind: 'int', value: 7n }],
    ['clipped', { kind: 'bool', value: true }],
    ['device', { kind: 'string', value: 'pi' }],
    ['loss', { kind: 'double', value: Number.NaN }],
    ['x'.repeat(101), { kind: 'double', value: 1 }],
  ]);

  expect(metricsOfScalars(scalars)).toEqual({
    metrics: { accuracy: 0.5, steps: 7, clipped: 1 },
    dropped: ['device', 'loss', 'x'.repeat(101)],
  });
});

test('keeps no more metrics than a message of ours may have', () => {
  const scalars = new Map(
    Array.from({ length: 101 }, (_, i) => [`m${i}`, { kind: 'double', value: i }] as const),
  );

  const { metrics, dropped } = metricsOfScalars(scalars);

  expect([Object.keys(metrics).length, dropped]).toEqual([100, ['m100']]);
});

test('sends metrics as doubles', () => {
  expect(scalarsOfMetrics({ accuracy: 1 }).get('accuracy')).toEqual({ kind: 'double', value: 1 });
});
