import { encodeNpy } from '@fedops/flower';
import { createParameters } from '@fedops/parameters';
import { expect, test } from '@jest/globals';
import { codeThrownBy, errorThrownBy } from '../test/error-code.js';
import { readNpy, writeNpy } from './npy-file.js';

const matrix = createParameters(
  [{ name: 'w', shape: [2, 3], dtype: 'float32' }],
  [Float32Array.of(1, 2, 3, 4, 5, 6)],
);

/** The file with its elements in big-endian bytes. */
function bigEndian(file: Uint8Array): Uint8Array {
  const dataOffset = 128;
  const swapped = file.slice();
  for (let at = dataOffset; at < file.length; at += 4) swapped.subarray(at, at + 4).reverse();
  swapped[file.indexOf('<'.charCodeAt(0))] = '>'.charCodeAt(0);
  return swapped;
}

test('reads a file in Fortran order and one in big-endian bytes', () => {
  const { buffer } = matrix.tensors[0]!;
  const tensor = { dtype: 'float32', shape: [2, 3], bytes: new Uint8Array(buffer) } as const;

  expect(readNpy(encodeNpy(tensor, 'fortran'), 'w')).toEqual(matrix);
  expect(readNpy(bigEndian(writeNpy(matrix)), 'w')).toEqual(matrix);
  expect(readNpy(bigEndian(encodeNpy(tensor, 'fortran')), 'w')).toEqual(matrix);
});

test('calls a tensor what NumPy calls the first of an archive', () => {
  expect(readNpy(writeNpy(matrix)).signature[0]!.name).toBe('arr_0');
});

test('makes no copy of elements that lie well', () => {
  const file = writeNpy(matrix);

  expect(readNpy(file).tensors[0]!.buffer).toBe(file.buffer);
});

test('says which tensor is of a type that parameters cannot have', () => {
  const half = encodeNpy({ dtype: 'float16', shape: [1], bytes: new Uint8Array(2) });

  expect(errorThrownBy(() => readNpy(half, 'layer.weight'))).toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/layer\.weight: elements of type float16/),
    details: { tensor: 'layer.weight', dtype: 'float16' },
  });
});

test('reads as much as it is allowed to', () => {
  const file = writeNpy(matrix);

  expect(readNpy(file, 'w', { maxBytes: file.length })).toEqual(matrix);
  expect(codeThrownBy(() => readNpy(file, 'w', { maxBytes: file.length - 1 }))).toBe('too-large');
});

test('refuses a name that no tensor has', () => {
  expect(codeThrownBy(() => readNpy(writeNpy(matrix), ''))).toBe('invalid-argument');
});

test('writes one tensor, neither none nor two', () => {
  const [spec] = matrix.signature;
  const two = createParameters([spec!, { ...spec!, name: 'v' }], [matrix.tensors[0]!, matrix.tensors[0]!]);

  expect(codeThrownBy(() => writeNpy(two))).toBe('invalid-argument');
  expect(codeThrownBy(() => writeNpy(createParameters([], [])))).toBe('invalid-argument');
});
