import { createParameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { bindTensors, parametersOfTensors, signatureOfTensors, tensorListOf } from './bind-tensors.js';
import { encodeNpy } from './npy/npy.js';

const SIGNATURE: Signature = [
  { name: 'dense/kernel', shape: [2, 3], dtype: 'float32' },
  { name: 'dense/bias', shape: [3], dtype: 'float32' },
  { name: 'steps', shape: [], dtype: 'int64' },
];

const model = createParameters(SIGNATURE, [
  Float32Array.of(1, 2, 3, 4, 5, 6),
  Float32Array.of(7, 8, 9),
  BigInt64Array.of(-5n),
]);

const raw = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const kernel = { dtype: 'float32', shape: [2, 3], bytes: raw(model.tensors[0]!) } as const;
const [kernelFile, biasFile, stepsFile] = tensorListOf(model).tensors as [Uint8Array, Uint8Array, Uint8Array];

test('parameters come back as they were', () => {
  expect(parametersOfTensors(tensorListOf(model), SIGNATURE)).toEqual(model);
});

test('reads tensors that lie anywhere in a message', () => {
  const shifted = [kernelFile, biasFile, stepsFile].map((file) => {
    const message = new Uint8Array(file.length + 3);
    message.set(file, 3);
    return message.subarray(3);
  });

  expect(parametersOfTensors({ tensors: shifted }, SIGNATURE)).toEqual(model);
});

test('takes a tensor in Fortran order', () => {
  const tensors = [encodeNpy(kernel, 'fortran'), biasFile, stepsFile];

  expect(parametersOfTensors({ tensors }, SIGNATURE).tensors[0]).toEqual(model.tensors[0]);
});

const float64 = encodeNpy({ dtype: 'float64', shape: [2, 3], bytes: new Uint8Array(48) });

test.each([
  [
    'another element type',
    [float64, biasFile, stepsFile],
    /dense\/kernel float32\[2, 3\], got float64\[2, 3\]/,
  ],
  [
    'another shape',
    [biasFile, kernelFile, stepsFile],
    /tensor 0: expected dense\/kernel float32\[2, 3\], got float32\[3\]/,
  ],
  ['too few tensors', [kernelFile, biasFile], /tensor 2: expected steps int64\[\], got none/],
  ['too many tensors', [kernelFile, biasFile, stepsFile, biasFile], /tensor 3: expected no tensor/],
  ['no tensors', [], /tensor 0: expected dense\/kernel/],
])('refuses %s, naming the tensor', (_, tensors, message) => {
  expect(() => bindTensors({ tensors }, SIGNATURE)).toThrow(
    expect.objectContaining({ code: 'shape-mismatch', message: expect.stringMatching(message) }),
  );
});

test('gives tensors the names that NumPy would', () => {
  const { tensors } = tensorListOf(model);

  expect(signatureOfTensors({ tensors }).map(({ name }) => name)).toEqual(['arr_0', 'arr_1', 'arr_2']);
  expect(
    signatureOfTensors(
      { tensors },
      SIGNATURE.map(({ name }) => name),
    ),
  ).toEqual(SIGNATURE);
});

test('refuses names of another number, and element types that parameters cannot have', () => {
  const half = encodeNpy({ dtype: 'float16', shape: [1], bytes: new Uint8Array(2) });

  expect(() => signatureOfTensors(tensorListOf(model), ['a'])).toThrow(
    expect.objectContaining({ code: 'shape-mismatch' }),
  );
  expect(() => signatureOfTensors({ tensors: [half] })).toThrow(
    expect.objectContaining({ code: 'unsupported' }),
  );
});
