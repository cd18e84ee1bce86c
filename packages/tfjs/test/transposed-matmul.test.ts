import { beforeAll, expect, test } from '@jest/globals';
import { type KernelFunc, matMul, memory, type Tensor, tensor, transpose } from '@tensorflow/tfjs-core';
import { registerTransposedMatMul, useWasmBackend } from '../src/index.js';
import { transposeFirst } from '../src/transposed-matmul.js';

beforeAll(useWasmBackend);

const count = (length: number, scale: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * scale));

/** Row-major product of [2, 3] and [3, 4] for each of `batch` pairs, in float64. */
function product(a: ArrayLike<number>, b: ArrayLike<number>, batch: number): number[] {
  return Array.from({ length: batch * 8 }, (_, at) => {
    const [pair, row, column] = [Math.floor(at / 8), Math.floor((at % 8) / 4), at % 4];
    return [0, 1, 2].reduce((sum, k) => sum + a[pair * 6 + row * 3 + k]! * b[pair * 12 + k * 4 + column]!, 0);
  });
}

const swapped = (x: Tensor) => transpose(x, x.rank === 2 ? [1, 0] : [0, 2, 1]);

test.each([
  { batch: [], transposeA: true, transposeB: false },
  { batch: [], transposeA: false, transposeB: true },
  { batch: [], transposeA: true, transposeB: true },
  { batch: [3], transposeA: true, transposeB: false },
  { batch: [3], transposeA: false, transposeB: true },
  { batch: [3], transposeA: false, transposeB: false },
])('multiplies as the definition says: %j', ({ batch, transposeA, transposeB }) => {
  const pairs = batch[0] ?? 1;
  const a = tensor(count(pairs * 6, 1), [...batch, 2, 3]);
  const b = tensor(count(pairs * 12, 0.7), [...batch, 3, 4]);

  const result = matMul(transposeA ? swapped(a) : a, transposeB ? swapped(b) : b, transposeA, transposeB);

  const expected = product(a.dataSync(), b.dataSync(), pairs);
  expect(result.shape).toEqual([...batch, 2, 4]);
  for (const [i, value] of result.dataSync().entries()) expect(value).toBeCloseTo(expected[i]!, 5);
});

test('leaves nothing to transpose to the kernel behind it', () => {
  const seen: unknown[] = [];
  const multiply: KernelFunc = ({ inputs, attrs }) => {
    seen.push([inputs.a!.shape, inputs.b!.shape, attrs]);
    return [];
  };

  const inputs = { a: tensor([1, 2, 3, 4, 5, 6], [3, 2]), b: tensor([1, 2, 3], [1, 3]) };
  transposeFirst(multiply)({ inputs, attrs: { transposeA: true, transposeB: true }, backend: {} });

  expect(seen).toEqual([[[2, 3], [3, 1], { transposeA: false, transposeB: false }]]);
});

test('leaves no tensor behind, and registers once', () => {
  const [a, b] = [tensor(count(6, 1), [3, 2]), tensor(count(12, 1), [3, 4])];
  const { numTensors, numDataBuffers } = memory();

  registerTransposedMatMul();
  matMul(a, b, true, false).dispose();

  expect(memory()).toMatchObject({ numTensors, numDataBuffers });
});
