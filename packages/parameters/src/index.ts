export { sha256 } from './digest.js';
// For those who read or write parameters as streams.
export {
  decodeParameters,
  encodedLength,
  encodeHeader,
  encodeParameters,
  MAX_SIGNATURE_BYTES,
  PARAMETERS_MEDIA_TYPE,
  PREFIX_BYTES,
  readPrefix,
  readSignature,
} from './encoding.js';
export { assertFinite, firstNonFinite, nonFiniteError } from './finite.js';
// For those who go over every element of many updates.
export { createFloatKernel } from './kernel/create-float-kernel.js';
export type { FloatKernel } from './kernel/float-kernel.js';
export { capacityFor } from './kernel/kernel-memory.js';
export { createPlainKernel } from './kernel/plain-kernel.js';
export { ALIGNMENT, aligned, type Layout, layoutOf, type TensorPlace } from './layout.js';
export { createParameters, type Parameters } from './parameters.js';
export { assertSameSignature, canonicalSignature, elementCount, signatureDigest } from './signature.js';
export { BYTES_PER_ELEMENT, holdsDtype, type TensorData, viewTensorData } from './tensor-data.js';
