import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FloatKernel } from './float-kernel.js';
import { capacityFor } from './kernel-memory.js';
import { createPlainKernel } from './plain-kernel.js';
import { createWasmKernel } from './wasm-kernel.js';

const KERNELS = [createPlainKernel, createWasmKernel] as const;

/** Bits, since NaN differs from itself and 0 equals −0. */
const bits = (floats: Float32Array) => [...new Uint32Array(floats.buffer, floats.byteOffset, floats.length)];

const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
const length = fc.integer({ min: 1, max: 70 });
const someUpdates = length.chain((count) =>
  fc.array(
    fc.record({
      values: fc.array(anyFloat, { minLength: count, maxLength: count }),
      weight: fc.integer({ min: 1, max: 2 ** 31 }),
    }),
    { minLength: 1, maxLength: 9 },
  ),
);

function floatsIn(kernel: FloatKernel, values: readonly number[]): Float32Array {
  const bytes = kernel.allocate(values.length * 4);
  const floats = new Float32Array(bytes.buffer, bytes.byteOffset, values.length);
  floats.set(values);
  return floats;
}

function doublesIn(kernel: FloatKernel, values: readonly number[]): Float64Array {
  const bytes = kernel.allocate(values.length * 8);
  const doubles = new Float64Array(bytes.buffer, bytes.byteOffset, values.length);
  doubles.set(values);
  return doubles;
}

describe('the WebAssembly kernel', () => {
  test('runs on this platform', () => {
    expect(createWasmKernel(64)).toBeDefined();
  });

  test('takes the same weighted means as the plain one, bit for bit, also a few updates at a time', () => {
    fc.assert(
      fc.property(someUpdates, fc.nat(9), (updates, cut) => {
        const [plain, wasm] = KERNELS.map((create) => {
          const kernel = create(capacityFor([...Array(10).fill(512), 256, 256, 1_024]))!;
          const slices = updates.map(({ values }) => floatsIn(kernel, values));
          const weights = updates.map(({ weight }) => weight);
          const sums = doublesIn(kernel, Array(slices[0]!.length).fill(0));
          for (const [from, to] of [
            [0, Math.min(cut, slices.length)],
            [Math.min(cut, slices.length), slices.length],
          ] as const) {
            if (from === to) continue;
            kernel.addWeighted(slices.slice(from, to), doublesIn(kernel, weights.slice(from, to)), sums);
          }
          const output = floatsIn(kernel, Array(slices[0]!.length).fill(7));
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          kernel.divide(sums, total, output);
          return bits(output);
        });
        const expected = updates[0]!.values.map((_, i) =>
          updates.reduce((sum, { values, weight }) => sum + weight * values[i]!, 0),
        );
        const total = updates.reduce((sum, { weight }) => sum + weight, 0);
        expect(plain).toEqual(bits(Float32Array.from(expected, (sum) => sum / total)));
        expect(wasm).toEqual(plain);
      }),
    );
  });

  test('adds the same squares as the plain one, bit for bit, also in several pieces', () => {
    fc.assert(
      fc.property(fc.array(anyFloat, { maxLength: 70 }), fc.nat(17), (values, groups) => {
        const cut = Math.min(values.length, groups * 4);
        const [plain, wasm] = KERNELS.map((create) => {
          const kernel = create(capacityFor([32, 512, 512]))!;
          const partials = doublesIn(kernel, [0, 0, 0, 0]);
          kernel.addSquares(floatsIn(kernel, values.slice(0, cut)), partials);
          kernel.addSquares(floatsIn(kernel, values.slice(cut)), partials);
          return [...partials];
        });
        expect(wasm).toEqual(plain);
      }),
    );
  });

  test('is what its source compiles to', () => {
    const script = fileURLToPath(new URL('../../kernel/build.mjs', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

test('a kernel knows what lies in its memory', () => {
  for (const create of KERNELS) {
    const kernel = create(64)!;
    expect(kernel.holds(kernel.allocate(8))).toBe(true);
    expect(kernel.holds(new Uint8Array(8))).toBe(false);
  }
});
