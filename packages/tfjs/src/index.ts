// biome-ignore-all assist/source/organizeImports: grouped for readers
export { createTfjsTrainer, type TfjsTrainerParts, type TfjsTrainerSettings } from './tfjs-trainer.js';
export type { Dataset, Targets } from './dataset.js';
export {
  type Loss,
  meanSquaredError,
  probabilityCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from './losses.js';
export { createSeeds } from './seeds.js';
export { useWasmBackend } from './backend.js';

// For those who train by loops of their own.
export { applyParameters, parametersOf, signatureOf } from './model-parameters.js';

// For those who set up a wasm backend of their own.
export { registerConvGradient } from './conv-gradient.js';
export { registerConvInputGradient } from './conv-input-gradient.js';
export { registerTransposedMatMul } from './transposed-matmul.js';
