import type { TensorData } from '@fedops/parameters';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { weightedMean } from './weighted-mean.js';

const anyWeight = fc.integer({ min: 1, max: 2 ** 20 });

/** K weighted slices of one length. */
function slicesOf<T>(element: fc.Arbitrary<T>) {
  return fc.integer({ min: 0, max: 6 }).chain((length) =>
    fc.array(
      fc.record({ weight: anyWeight, values: fc.array(element, { minLength: length, maxLength: length }) }),
      {
        minLength: 1,
        maxLength: 6,
      },
    ),
  );
}

type Weighted<T> = readonly { readonly weight: number; readonly values: readonly T[] }[];

function meanOf<T extends number>(
  kind: 'float32' | 'float64' | 'int32' | 'uint8' | 'bool',
  input: Weighted<T>,
) {
  const array = {
    float32: Float32Array,
    float64: Float64Array,
    int32: Int32Array,
    uint8: Uint8Array,
    bool: Uint8Array,
  };
  const output = new array[kind](input[0]!.values.length);
  weightedMean(
    kind,
    input.map(({ values }) => array[kind].from(values)),
    input.map(({ weight }) => weight),
    output,
  );
  return output;
}

function meanOfInt64(input: Weighted<bigint>): BigInt64Array {
  const output = new BigInt64Array(input[0]!.values.length);
  weightedMean(
    'int64',
    input.map(({ values }) => BigInt64Array.from(values)),
    input.map(({ weight }) => weight),
    output,
  );
  return output;
}

/** The integer m for which |m·N − s| is least, the even one of two: by trying the neighbours of the quotient. */
function nearestInteger(sum: bigint, total: bigint): bigint {
  const distance = (m: bigint) => (m * total > sum ? m * total - sum : sum - m * total);
  return [-1n, 0n, 1n]
    .map((step) => sum / total + step)
    .reduce((best, m) => {
      if (distance(m) !== distance(best)) return distance(m) < distance(best) ? m : best;
      return m % 2n === 0n ? m : best;
    });
}

function exactMeans(input: Weighted<bigint | number>): bigint[] {
  const total = input.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
  return input[0]!.values.map((_, i) =>
    nearestInteger(
      input.reduce((sum, { weight, values }) => sum + BigInt(weight) * BigInt(values[i]!), 0n),
      total,
    ),
  );
}

const anyFloat32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const anyFloat64 = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e290, max: 1e290 });

describe('weightedMean of floats', () => {
  it('is the float64 sum in the order given, divided once and rounded once', () => {
    const expected = (input: Weighted<number>, i: number) =>
      input.reduce((sum, { weight, values }) => sum + weight * values[i]!, 0) /
      input.reduce((sum, { weight }) => sum + weight, 0);
    fc.assert(
      fc.property(slicesOf(anyFloat32), (input) => {
        const mean = meanOf('float32', input);
        expect([...mean]).toEqual([...mean.keys()].map((i) => Math.fround(expected(input, i))));
      }),
    );
    fc.assert(
      fc.property(slicesOf(anyFloat64), (input) => {
        const mean = meanOf('float64', input);
        expect([...mean]).toEqual([...mean.keys()].map((i) => expected(input, i)));
      }),
    );
  });

  it('of float32 lies within half a unit in the last place of the exact mean, for numbers of like size', () => {
    // Multiples of 2⁻²⁰ below 16, so that the exact mean is a quotient of two integers.
    const unit = 2 ** 20;
    const multiple = fc.integer({ min: -(2 ** 23), max: 2 ** 23 }).map((m) => m / unit);
    fc.assert(
      fc.property(slicesOf(multiple), (input) => {
        const total = input.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
        const mean = meanOf('float32', input);
        for (const [i, value] of mean.entries()) {
          const sum = input.reduce(
            (s, { weight, values }) => s + BigInt(weight) * BigInt(values[i]! * unit),
            0n,
          );
          expect(value).toBe(Math.fround(Number(sum) / Number(total) / unit));
        }
      }),
    );
  });

  it('of equal slices is that slice', () => {
    fc.assert(
      fc.property(
        fc.array(anyFloat32),
        fc.array(anyWeight, { minLength: 1, maxLength: 6 }),
        (values, weights) => {
          const mean = meanOf(
            'float32',
            weights.map((weight) => ({ weight, values })),
          );
          expect([...mean].map((value) => value + 0)).toEqual(values.map((value) => value + 0));
        },
      ),
    );
  });

  it('does not change when all weights are doubled, and doubles when all values are', () => {
    const moderate = fc
      .float({ noNaN: true, min: -1e10, max: 1e10 })
      .filter((x) => x === 0 || Math.abs(x) > 1e-10);
    fc.assert(
      fc.property(slicesOf(moderate), (input) => {
        const mean = meanOf('float32', input);
        expect(
          meanOf(
            'float32',
            input.map(({ weight, values }) => ({ weight: 2 * weight, values })),
          ),
        ).toEqual(mean);
        const doubled = input.map(({ weight, values }) => ({ weight, values: values.map((x) => 2 * x) }));
        expect(meanOf('float32', doubled)).toEqual(mean.map((x) => 2 * x));
      }),
    );
  });

  it('keeps what a running sum in float32 loses', () => {
    const input = [
      { weight: 1, values: [1e8] },
      { weight: 1, values: [1] },
      { weight: 1, values: [-1e8] },
    ];
    expect([...meanOf('float32', input)]).toEqual([Math.fround(1 / 3)]);
  });

  it('of float64 whose weighted sum overflows is refused: no model may hold an infinity', () => {
    const slices = [Float64Array.of(1e308), Float64Array.of(1e308)];
    const code = (() => {
      try {
        weightedMean('float64', slices, [10, 10], new Float64Array(1));
      } catch (error) {
        return FedOpsError.from(error).code;
      }
      return 'none';
    })();
    expect(code).toBe('invalid-argument');
  });

  it('leaves the slices as they are and does not depend on what output held', () => {
    const slices = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
    const output = Float32Array.of(Number.NaN, 99);
    weightedMean('float32', slices, [1, 3], output);
    expect(output).toEqual(Float32Array.of(2.5, 3.5));
    expect(slices).toEqual([Float32Array.of(1, 2), Float32Array.of(3, 4)]);
  });
});

describe('weightedMean of integers', () => {
  it('is the exact mean rounded half to even, for int32, uint8 and bool', () => {
    const check = (kind: 'int32' | 'uint8' | 'bool', min: number, max: number) =>
      fc.assert(
        fc.property(slicesOf(fc.integer({ min, max })), (input) => {
          expect([...meanOf(kind, input)].map(BigInt)).toEqual(exactMeans(input));
        }),
      );
    check('int32', -(2 ** 31), 2 ** 31 - 1);
    check('uint8', 0, 255);
    check('bool', 0, 1);
  });

  it('is exact for int64 beyond 2⁵³, to both ends of its range', () => {
    fc.assert(
      fc.property(slicesOf(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (input) => {
        expect([...meanOfInt64(input)]).toEqual(exactMeans(input));
      }),
    );
    const greatest = 2n ** 63n - 1n;
    expect([...meanOfInt64([{ weight: 7, values: [greatest, -(2n ** 63n)] }])]).toEqual([
      greatest,
      -(2n ** 63n),
    ]);
  });

  it.each([
    [[0, 1], 0],
    [[1, 2], 2],
    [[2, 3], 2],
    [[0, -1], 0],
    [[-1, -2], -2],
    [[-2, -3], -2],
    [[-3, -4], -4],
  ])('takes the mean of %j to %i', (values, mean) => {
    expect(
      [
        ...meanOf(
          'int32',
          values.map((value) => ({ weight: 1, values: [value] })),
        ),
      ].map((x) => x + 0),
    ).toEqual([mean]);
  });

  it('is the same in every order of the slices', () => {
    fc.assert(
      fc.property(slicesOf(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (input) => {
        expect(meanOfInt64([...input].reverse())).toEqual(meanOfInt64(input));
      }),
    );
  });
});

describe('weightedMean', () => {
  it('serves a long slice after a short one and a short one after a long one', () => {
    const lengths = [3, 5_000, 2];
    for (const length of lengths) {
      const output = new Float32Array(length);
      const slices: TensorData[] = [new Float32Array(length).fill(1), new Float32Array(length).fill(2)];
      weightedMean('float32', slices, [1, 1], output);
      expect(output).toEqual(new Float32Array(length).fill(1.5));
    }
  });
});
