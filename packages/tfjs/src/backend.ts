import { FedOpsError } from '@fedops/shared-types';
import '@tensorflow/tfjs-backend-wasm';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { registerConvGradient } from './conv-gradient.js';
import { registerConvInputGradient } from './conv-input-gradient.js';
import { registerTransposedMatMul } from './transposed-matmul.js';

/**
 * Makes WebAssembly the backend of TensorFlow.js, with the gradient of convolutions that it lacks
 * ({@link registerConvGradient}) and faster ones of convolutions and dense layers
 * ({@link registerConvInputGradient}, {@link registerTransposedMatMul}), and resolves once it computes.
 * Prints nothing. Safe to call again.
 *
 * In Node the wasm file is found in the package; a browser needs `setWasmPaths` of the backend first.
 *
 * @throws {FedOpsError} `unsupported` where WebAssembly cannot be started.
 */
export async function useWasmBackend(): Promise<void> {
  registerConvGradient();
  registerConvInputGradient();
  registerTransposedMatMul();
  if (!(await setBackend('wasm'))) {
    throw new FedOpsError('unsupported', 'the wasm backend of TensorFlow.js could not be started');
  }
  await ready();
}
