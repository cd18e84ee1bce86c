import { describe, expect, it } from '@jest/globals';
import { errorThrownBy } from '../test/error-code.js';
import { assertFinite, firstNonFinite } from './finite.js';
import { createParameters } from './parameters.js';
import type { TensorData } from './tensor-data.js';

describe('firstNonFinite', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'finds %d wherever it is',
    (value) => {
      for (const floats of [new Float32Array(70), new Float64Array(70)]) {
        for (let at = 0; at < floats.length; at++) {
          floats.fill(1).fill(value, at);
          expect(firstNonFinite(floats)).toBe(at);
        }
      }
    },
  );

  it('takes the greatest and the smallest numbers for finite', () => {
    expect(firstNonFinite(Float64Array.of(Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -0))).toBe(
      -1,
    );
    expect(firstNonFinite(Float32Array.of(3.4028234663852886e38, 1e-45, -0))).toBe(-1);
  });

  it('finds nothing in integers and in nothing', () => {
    const others: TensorData[] = [
      Int32Array.of(-1),
      BigInt64Array.of(-1n),
      Uint8Array.of(255),
      new Float32Array(0),
    ];
    expect(others.map(firstNonFinite)).toEqual([-1, -1, -1, -1]);
  });
});

describe('assertFinite', () => {
  it('names tensor and element of the first value that is not finite', () => {
    const parameters = createParameters(
      [
        { name: 'a', shape: [2], dtype: 'float32' },
        { name: 'b', shape: [3], dtype: 'float64' },
      ],
      [Float32Array.of(1, 2), Float64Array.of(0, 0, Number.NaN)],
    );
    const error = errorThrownBy(() => assertFinite(parameters));
    expect(error.code).toBe('invalid-argument');
    expect(error.details).toEqual({ tensor: 'b', index: 2 });
  });
});
