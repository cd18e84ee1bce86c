import { createParameters, encodeParameters, type TensorData } from '@fedops/parameters';
import { DTYPES, type Signature } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeThrownBy, errorThrownBy } from '../../test/error-code.js';
import { createUpdateInspector } from './update-inspector.js';

const signature: Signature = [
  { name: 'scalar', shape: [], dtype: 'float64' },
  { name: 'empty', shape: [0], dtype: 'float32' },
  ...DTYPES.map((dtype) => ({ name: dtype, shape: [5, 7], dtype })),
];

function tensorsOf(value: number): TensorData[] {
  return signature.map(({ dtype, shape }) => {
    const count = shape.reduce((product, n) => product * n, 1);
    switch (dtype) {
      case 'float32':
        return new Float32Array(count).fill(value);
      case 'float64':
        return new Float64Array(count).fill(value);
      case 'int32':
        return new Int32Array(count).fill(-1);
      case 'int64':
        return new BigInt64Array(count).fill(-1n);
      default:
        return new Uint8Array(count).fill(1);
    }
  });
}

const sound = encodeParameters(createParameters(signature, tensorsOf(2)));

/** The bytes in pieces of the sizes, again and again. */
function inspect(bytes: Uint8Array, sizes: readonly number[] = [bytes.length], wanted = signature) {
  const inspector = createUpdateInspector(wanted);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    inspector.push(bytes.subarray(at, at + size));
    at += size;
  }
  return inspector.finish();
}

const anySizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 700 })), {
  minLength: 1,
  maxLength: 20,
});

describe('createUpdateInspector', () => {
  it('finds the same in pieces of any size as in the whole', () => {
    const whole = inspect(sound);
    // 1 + 35 + 35 elements of value 2; integer tensors do not count.
    expect(whole).toEqual({ l2Norm: Math.sqrt(71 * 4) });
    fc.assert(fc.property(anySizes, (sizes) => expect(inspect(sound, sizes)).toEqual(whole)));
  });

  it('finds a NaN or an infinity wherever it is, however the bytes come', () => {
    const floats = signature.flatMap(({ name, dtype }, t) =>
      (dtype === 'float32' || dtype === 'float64') && name !== 'empty' ? [t] : [],
    );
    const anyPlace = fc
      .constantFrom(...floats)
      .chain((t) => fc.tuple(fc.constant(t), fc.nat(tensorsOf(0)[t]!.length - 1)));
    const anyValue = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(anyPlace, anyValue, anySizes, ([t, index], value, sizes) => {
        const tensors = tensorsOf(1);
        tensors[t]![index] = value;
        const bytes = encodeParameters(createParameters(signature, tensors));
        const error = errorThrownBy(() => inspect(bytes, sizes));
        expect([error.code, error.details]).toEqual([
          'invalid-argument',
          { tensor: signature[t]!.name, index },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a bool that is neither 0 nor 1, naming it, however the bytes come', () => {
    const bools = signature.findIndex(({ dtype }) => dtype === 'bool');
    const anyPlace = fc.nat(tensorsOf(1)[bools]!.length - 1);
    fc.assert(
      fc.property(anyPlace, fc.integer({ min: 2, max: 255 }), anySizes, (index, value, sizes) => {
        const tensors = tensorsOf(1);
        tensors[bools]![index] = value;
        const bytes = encodeParameters(createParameters(signature, tensors));
        const error = errorThrownBy(() => inspect(bytes, sizes));
        expect([error.code, error.details]).toEqual(['invalid-argument', { tensor: 'bool', index }]);
      }),
    );
  });

  it('takes bytes of integers and of padding for what they are, even where they look like NaN', () => {
    const tensors = tensorsOf(1);
    (tensors[4] as Int32Array).fill(0x7fc00000);
    const bytes = encodeParameters(createParameters(signature, tensors));
    expect(inspect(bytes, [13]).l2Norm).toBe(Math.sqrt(71));
  });

  it('scans a tensor that is larger than its scratch memory', () => {
    const large: Signature = [{ name: 'w', shape: [100_000], dtype: 'float32' }];
    const values = new Float32Array(100_000).fill(1);
    expect(inspect(encodeParameters(createParameters(large, [values])), [70_001], large).l2Norm).toBe(
      Math.sqrt(100_000),
    );
    values[99_999] = Number.NaN;
    const bytes = encodeParameters(createParameters(large, [values]));
    expect(errorThrownBy(() => inspect(bytes, [70_001], large)).details).toEqual({
      tensor: 'w',
      index: 99_999,
    });
  });

  it('tells a finite norm where the squares overflow', () => {
    const huge: Signature = [{ name: 'w', shape: [3], dtype: 'float64' }];
    const bytes = encodeParameters(createParameters(huge, [Float64Array.of(1e300, -1e300, 1)]));
    expect(inspect(bytes, [5], huge).l2Norm).toBe(Number.MAX_VALUE);
  });

  it('refuses what is cut off anywhere with invalid-argument', () => {
    fc.assert(
      fc.property(fc.nat(sound.length - 1), anySizes, (length, sizes) => {
        expect(codeThrownBy(() => inspect(sound.subarray(0, length), sizes))).toBe('invalid-argument');
      }),
    );
  });

  it('refuses what goes on behind the last tensor', () => {
    const longer = new Uint8Array(sound.length + 1);
    longer.set(sound);
    for (const sizes of [[longer.length], [1], [sound.length, 1]]) {
      expect(codeThrownBy(() => inspect(longer, sizes))).toBe('invalid-argument');
    }
  });

  it('names the first tensor that differs from the signature', () => {
    const other = [...signature.slice(0, 3), { name: 'other', shape: [1], dtype: 'int32' as const }];
    const error = errorThrownBy(() => inspect(sound, [11], other));
    expect([error.code, error.details.index]).toEqual(['shape-mismatch', 3]);
  });

  it('stops at a header that cannot be, without waiting for all of it', () => {
    const inspector = createUpdateInspector(signature);
    const claims = new Uint8Array(16);
    claims.set(sound.subarray(0, 12));
    new DataView(claims.buffer).setUint32(12, 0xffff_ffff, true);
    expect(codeThrownBy(() => inspector.push(claims))).toBe('too-large');
  });

  it('throws nothing but its own errors for bytes that were changed', () => {
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), anySizes, (at, value, sizes) => {
        const bytes = sound.slice();
        bytes[at] = value;
        try {
          inspect(bytes, sizes);
        } catch (error) {
          expect(error).toHaveProperty('name', 'FedOpsError');
        }
      }),
      { numRuns: 500 },
    );
  });
});
