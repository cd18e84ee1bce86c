import { describe, expect, it } from '@jest/globals';
import { ConfigSchema, MetricsSchema, Sha256Schema } from './scalars.js';
import { DTYPES, SignatureSchema } from './signature.js';

describe('metrics', () => {
  it('are finite numbers by name', () => {
    expect(MetricsSchema.parse({ loss: 0.5, accuracy: 1 })).toEqual({ loss: 0.5, accuracy: 1 });
  });

  it.each([
    [{ loss: Number.NaN }],
    [{ loss: Infinity }],
    [{ loss: '0.5' }],
    [{ '': 1 }],
    [{ ['x'.repeat(101)]: 1 }],
  ])('refuse %p', (metrics) => {
    expect(MetricsSchema.safeParse(metrics).success).toBe(false);
  });

  it('are at most a hundred', () => {
    const metrics = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]));

    expect(MetricsSchema.safeParse(metrics(100)).success).toBe(true);
    expect(MetricsSchema.safeParse(metrics(101)).success).toBe(false);
  });
});

describe('config', () => {
  it('holds text, numbers and booleans, and nothing nested', () => {
    expect(ConfigSchema.safeParse({ optimizer: 'sgd', localEpochs: 1, shuffle: true }).success).toBe(true);
    expect(ConfigSchema.safeParse({ nested: {} }).success).toBe(false);
  });
});

describe('a digest', () => {
  it.each([
    ['a'.repeat(64), true],
    ['A'.repeat(64), false],
    ['a'.repeat(63), false],
    ['a'.repeat(65), false],
    [`${'a'.repeat(64)}\n`, false],
  ])('%p is one: %p', (text, isOne) => {
    expect(Sha256Schema.safeParse(text).success).toBe(isOne);
  });
});

describe('a signature', () => {
  const spec = (name: string) => ({ name, shape: [2, 3], dtype: 'float32' });

  it('knows these element types', () => {
    expect(DTYPES).toEqual(['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']);
  });

  it('takes scalars and empty dimensions', () => {
    expect(
      SignatureSchema.safeParse([
        { ...spec('a'), shape: [] },
        { ...spec('b'), shape: [0] },
      ]).success,
    ).toBe(true);
  });

  it.each([
    ['no tensor', []],
    ['two tensors of one name', [spec('a'), spec('a')]],
    ['a tensor without a name', [spec('')]],
    ['a negative dimension', [{ ...spec('a'), shape: [-1] }]],
    ['half a dimension', [{ ...spec('a'), shape: [1.5] }]],
    ['an unknown element type', [{ ...spec('a'), dtype: 'float16' }]],
    ['33 dimensions', [{ ...spec('a'), shape: Array.from({ length: 33 }, () => 1) }]],
  ])('refuses %s', (_what, signature) => {
    expect(SignatureSchema.safeParse(signature).success).toBe(false);
  });
});
