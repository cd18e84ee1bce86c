import { createParameters, decodeParameters, encodeParameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { describe, expect, test } from '@jest/globals';
import { packParameters, unpackParameters } from './packed-parameters.js';

const SIGNATURE: Signature = [
  { name: 'w', shape: [3], dtype: 'float32' },
  { name: 'n', shape: [], dtype: 'int64' },
  { name: 'mask', shape: [2], dtype: 'bool' },
];

function separate() {
  return createParameters(SIGNATURE, [
    Float32Array.from([1, 2, 3]),
    BigInt64Array.from([4n]),
    Uint8Array.from([1, 0]),
  ]);
}

describe('packed parameters', () => {
  test('come out as they went in', () => {
    expect(unpackParameters(packParameters(separate()))).toEqual(separate());
  });

  test('that lie in one buffer keep it', () => {
    const decoded = decodeParameters(encodeParameters(separate()));
    expect(packParameters(decoded).buffer).toBe(decoded.tensors[0]!.buffer);
    expect(unpackParameters(packParameters(decoded))).toEqual(separate());
  });

  test('that lie in memory of somebody else are copied out of it', () => {
    const memory = new ArrayBuffer(64 * 1024);
    const signature: Signature = [{ name: 'w', shape: [3], dtype: 'float32' }];
    const parameters = createParameters(signature, [new Float32Array(memory, 1024, 3).fill(2)]);
    const packed = packParameters(parameters);
    expect(packed.buffer).not.toBe(memory);
    expect(unpackParameters(packed)).toEqual(parameters);
  });

  test('that lie in shared memory are copied out of it', () => {
    const signature: Signature = [{ name: 'w', shape: [2], dtype: 'float32' }];
    const data = new Float32Array(new SharedArrayBuffer(8)).fill(1);
    const packed = packParameters(createParameters(signature, [data]));
    expect(packed.buffer).toBeInstanceOf(ArrayBuffer);
    expect([...unpackParameters(packed).tensors[0]!]).toEqual([1, 1]);
  });

  test('that do not fit their signature are refused', () => {
    const tensors = [Float64Array.from([1, 2, 3]), ...separate().tensors.slice(1)];
    expect(() => packParameters({ signature: SIGNATURE, tensors })).toThrow(
      expect.objectContaining({ code: 'shape-mismatch' }),
    );
  });
});
