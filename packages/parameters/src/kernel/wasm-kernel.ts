import type { FloatKernel } from './float-kernel.js';
import { KERNEL_BYTES } from './kernel-bytes.js';
import { createAllocator } from './kernel-memory.js';

/** What of WebAssembly's JavaScript API is used: the types of Node and of browsers name it differently. */
interface WasmApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
  Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  validate(bytes: Uint8Array): boolean;
}

interface KernelExports {
  addWeighted(
    slices: number,
    stride: number,
    updates: number,
    weights: number,
    sums: number,
    count: number,
  ): void;
  divide(sums: number, total: number, output: number, count: number): void;
  addSquares(values: number, count: number, partials: number): void;
}

const PAGE_BYTES = 65_536;

/** The kernel in WebAssembly with SIMD; undefined where the platform has none. */
export function createWasmKernel(capacityBytes: number): FloatKernel | undefined {
  const wasm = (globalThis as { WebAssembly?: WasmApi }).WebAssembly;
  const module = wasm === undefined ? undefined : compiled(wasm);
  if (wasm === undefined || module === undefined) return undefined;
  const memory = new wasm.Memory({ initial: Math.max(1, Math.ceil(capacityBytes / PAGE_BYTES)) });
  const kernel = new wasm.Instance(module, { host: { memory } }).exports as KernelExports;
  const { buffer } = memory;
  return {
    allocate: createAllocator(buffer),
    addWeighted(slices, weights, sums) {
      const first = slices[0]!.byteOffset;
      const stride = slices.length > 1 ? slices[1]!.byteOffset - first : 0;
      kernel.addWeighted(first, stride, slices.length, weights.byteOffset, sums.byteOffset, sums.length);
    },
    divide: (sums, total, output) => kernel.divide(sums.byteOffset, total, output.byteOffset, output.length),
    addSquares: (values, partials) =>
      kernel.addSquares(values.byteOffset, values.length, partials.byteOffset),
    holds: (array) => array.buffer === buffer,
  };
}

let cached: object | null | undefined;

/** Compiled once; undefined where the platform has no SIMD. */
function compiled(wasm: WasmApi): object | undefined {
  if (cached === undefined) {
    const bytes = Uint8Array.from(atob(KERNEL_BYTES), (character) => character.charCodeAt(0));
    cached = wasm.validate(bytes) ? new wasm.Module(bytes) : null;
  }
  return cached ?? undefined;
}
