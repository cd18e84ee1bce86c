// biome-ignore-all assist/source/organizeImports: grouped for readers
export {
  readSafetensors,
  type SafetensorsOptions,
  writeSafetensors,
} from './safetensors/safetensors-file.js';
export { type NpzOptions, readNpz, writeNpz } from './npz/npz-file.js';
export { readNpy, writeNpy } from './npy-file.js';
export type { ReadLimits } from './read-limits.js';
export { arrangeParameters } from './arrange-parameters.js';

// Names in the model store of Python's FedOps.
export {
  formatGlobalModelKey,
  GLOBAL_MODEL_EXTENSIONS,
  type GlobalModelExtension,
  type GlobalModelKey,
  latestGlobalModel,
  parseGlobalModelKey,
} from './store/global-model-key.js';
