import type { Dtype } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { codeThrownBy } from '../test/error-code.js';
import { createParameters } from './parameters.js';
import type { TensorData } from './tensor-data.js';

describe('createParameters', () => {
  it.each<[Dtype, TensorData]>([
    ['float32', new Float32Array(2)],
    ['float64', new Float64Array(2)],
    ['int32', new Int32Array(2)],
    ['int64', new BigInt64Array(2)],
    ['uint8', new Uint8Array(2)],
    ['bool', new Uint8Array(2)],
  ])('takes %s in its array and in no other', (dtype, data) => {
    const signature = [{ name: 'w', shape: [2], dtype }];
    expect(createParameters(signature, [data]).tensors).toEqual([data]);
    const other = dtype === 'float32' ? new Float64Array(2) : new Float32Array(2);
    expect(codeThrownBy(() => createParameters(signature, [other]))).toBe('shape-mismatch');
  });

  it('refuses another number of tensors or of elements', () => {
    const signature = [{ name: 'w', shape: [2], dtype: 'float32' as const }];
    expect(codeThrownBy(() => createParameters(signature, []))).toBe('shape-mismatch');
    expect(codeThrownBy(() => createParameters(signature, [new Float32Array(3)]))).toBe('shape-mismatch');
    expect(codeThrownBy(() => createParameters(signature, [new Float32Array(2), new Float32Array(2)]))).toBe(
      'shape-mismatch',
    );
  });
});
