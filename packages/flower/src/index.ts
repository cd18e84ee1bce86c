// biome-ignore-all assist/source/organizeImports: grouped for readers
export {
  type ClientMessage,
  decodeClientMessage,
  type DisconnectReason,
  encodeClientMessage,
} from './messages/client-message.js';
export { decodeServerMessage, encodeServerMessage, type ServerMessage } from './messages/server-message.js';
export { type Status, type StatusCode, SUCCESS } from './messages/status.js';
export type { TensorList } from './messages/tensor-list.js';
export { JOIN_PATH } from './service.js';

// Between Flower's values and ours.
export { bindTensors, parametersOfTensors, signatureOfTensors, tensorListOf } from './bind-tensors.js';
export {
  configOfScalars,
  metricsOfScalars,
  type Scalar,
  type Scalars,
  scalarsOfConfig,
  scalarsOfMetrics,
} from './scalar.js';

// One tensor as NumPy stores it.
export { decodeNpy, encodeNpy, type NpyTensor } from './npy/npy.js';
export { NPY_DTYPES, type NpyDtype } from './npy/npy-dtype.js';
export type { ElementOrder } from './npy/npy-header.js';
