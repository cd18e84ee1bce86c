import type { FloatKernel } from './float-kernel.js';
import { createPlainKernel } from './plain-kernel.js';
import { createWasmKernel } from './wasm-kernel.js';

/** The fastest kernel that this platform runs: WebAssembly with SIMD, or the plain one. */
export function createFloatKernel(capacityBytes: number): FloatKernel {
  return createWasmKernel(capacityBytes) ?? createPlainKernel(capacityBytes);
}
