import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { anySignature } from '../test/arbitraries.js';
import { ALIGNMENT, aligned, layoutOf } from './layout.js';
import { elementCount } from './signature.js';
import { BYTES_PER_ELEMENT } from './tensor-data.js';

describe('layoutOf', () => {
  it('puts every tensor at the first aligned offset behind the one before', () => {
    fc.assert(
      fc.property(anySignature, (signature) => {
        const { places, byteLength } = layoutOf(signature);
        let end = 0;
        for (const [i, spec] of signature.entries()) {
          const { offset, elements, byteLength: bytes } = places[i]!;
          expect(offset % ALIGNMENT).toBe(0);
          expect(offset - end).toBeGreaterThanOrEqual(0);
          expect(offset - end).toBeLessThan(ALIGNMENT);
          expect(elements).toBe(elementCount(spec));
          expect(bytes).toBe(elements * BYTES_PER_ELEMENT[spec.dtype]);
          end = offset + bytes;
        }
        expect(byteLength).toBe(end);
      }),
    );
  });

  it('ends with the last tensor, without padding', () => {
    const layout = layoutOf([
      { name: 'a', shape: [3], dtype: 'uint8' },
      { name: 'b', shape: [0], dtype: 'float64' },
      { name: 'c', shape: [], dtype: 'bool' },
    ]);
    expect(layout.places.map(({ offset }) => offset)).toEqual([0, 64, 64]);
    expect(layout.byteLength).toBe(65);
  });
});

describe('aligned', () => {
  it.each([
    [0, 0],
    [1, 64],
    [64, 64],
    [65, 128],
  ])('takes %i to %i', (offset, next) => {
    expect(aligned(offset)).toBe(next);
  });
});
