import type { Signature } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anySignature } from '../test/arbitraries.js';
import { codeThrownBy, errorThrownBy } from '../test/error-code.js';
import { assertSameSignature, canonicalSignature, elementCount, signatureDigest } from './signature.js';

const expected: Signature = [
  { name: 'kernel', shape: [2, 3], dtype: 'float32' },
  { name: 'bias', shape: [3], dtype: 'float32' },
];
const [kernel, bias] = [expected[0]!, expected[1]!];

describe('elementCount', () => {
  it.each([
    [[], 1],
    [[0], 0],
    [[2, 3, 4], 24],
    [[2, 0, 4], 0],
  ])('of shape %j is %i', (shape, count) => {
    expect(elementCount({ name: 'w', shape, dtype: 'float32' })).toBe(count);
  });
});

describe('canonicalSignature', () => {
  it('has one spelling, whatever the order of keys and whatever else an entry holds', () => {
    const untidy = [{ dtype: 'int64', note: 'more', shape: [], name: 'steps' }] as unknown as Signature;
    expect(canonicalSignature(untidy)).toBe('[{"name":"steps","shape":[],"dtype":"int64"}]');
  });
});

describe('signatureDigest', () => {
  it('never changes for a signature', async () => {
    expect(await signatureDigest(expected)).toBe(
      '6ba2e69e569582704b5b562c7b60ac5d2d8d5aad1d27bc0438b821df245157e1',
    );
  });

  it('differs where order, name, shape or dtype differ', async () => {
    const others: Signature[] = [
      [bias, kernel],
      [{ ...kernel, name: 'Kernel' }, bias],
      [{ ...kernel, shape: [3, 2] }, bias],
      [{ ...kernel, dtype: 'float64' }, bias],
      [kernel],
    ];
    const digests = await Promise.all([expected, ...others].map(signatureDigest));
    expect(new Set(digests).size).toBe(digests.length);
  });
});

describe('assertSameSignature', () => {
  const differing: [what: string, index: number, actual: Signature][] = [
    ['name', 0, [{ ...kernel, name: 'w' }, bias]],
    ['dtype', 1, [kernel, { ...bias, dtype: 'float64' }]],
    ['dimension', 0, [{ ...kernel, shape: [3, 2] }, bias]],
    ['rank', 1, [kernel, { ...bias, shape: [3, 1] }]],
    ['order', 0, [bias, kernel]],
    ['tensor that is missing', 1, [kernel]],
    ['tensor too many', 2, [kernel, bias, { ...bias, name: 'more' }]],
  ];

  it.each(differing)('names the first tensor that differs: %s', (_what, index, actual) => {
    const error = errorThrownBy(() => assertSameSignature(actual, expected));
    expect(error.code).toBe('shape-mismatch');
    expect(error.details).toEqual({
      index,
      expected: expected[index] ?? null,
      actual: actual[index] ?? null,
    });
  });

  it('passes exactly where the canonical forms agree', () => {
    fc.assert(
      fc.property(anySignature, anySignature, (a, b) => {
        expect(() => assertSameSignature(a, structuredClone(a))).not.toThrow();
        if (canonicalSignature(a) !== canonicalSignature(b)) {
          expect(codeThrownBy(() => assertSameSignature(a, b))).toBe('shape-mismatch');
        }
      }),
    );
  });
});
