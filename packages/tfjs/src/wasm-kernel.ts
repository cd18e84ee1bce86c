import { getKernel, type KernelFunc, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** Name under which TensorFlow.js knows its WebAssembly backend. */
export const WASM = 'wasm';

const replacements = new WeakSet<KernelFunc>();

/**
 * Puts `wrap(kernel)` in the place of a kernel of the wasm backend. Does nothing where that has been done, or where
 * there is no such kernel.
 */
export function replaceKernel(kernelName: string, wrap: (kernel: KernelFunc) => KernelFunc): void {
  const kernel = getKernel(kernelName, WASM);
  if (kernel === undefined || replacements.has(kernel.kernelFunc)) return;
  const kernelFunc = wrap(kernel.kernelFunc);
  replacements.add(kernelFunc);
  unregisterKernel(kernelName, WASM);
  registerKernel({ ...kernel, kernelFunc });
}
