import { createParameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { errorThrownBy } from '../test/error-code.js';
import { arrangeParameters } from './arrange-parameters.js';

const signature: Signature = [
  { name: 'w', shape: [2, 1], dtype: 'float32' },
  { name: 'n', shape: [], dtype: 'int64' },
];
const model = createParameters(signature, [Float32Array.of(1, 2), BigInt64Array.of(3n)]);

test('puts the tensors in the order of the signature', () => {
  const turned = createParameters([...signature].reverse(), [...model.tensors].reverse());

  expect(arrangeParameters(turned, signature)).toEqual(model);
});

test.each([
  ['is missing', [signature[0]!, signature[1]!, { ...signature[1]!, name: 'm' }], 'm'],
  ['is too many', [signature[0]!], 'n'],
  ['has another shape', [{ ...signature[0]!, shape: [1, 2] }, signature[1]!], 'w'],
  ['has other dimensions of the same digits', [{ ...signature[0]!, shape: [21] }, signature[1]!], 'w'],
  ['has another element type', [signature[0]!, { ...signature[1]!, dtype: 'float64' as const }], 'n'],
])('names the tensor that %s', (_, expected, tensor) => {
  expect(errorThrownBy(() => arrangeParameters(model, expected))).toMatchObject({
    code: 'shape-mismatch',
    message: expect.stringContaining(`tensor ${tensor}:`),
    details: { tensor },
  });
});
