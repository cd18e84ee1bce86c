// biome-ignore-all assist/source/organizeImports: grouped for readers
export { createParameters, type Parameters } from './parameters.js';
export { decodeParameters, encodeParameters, PARAMETERS_MEDIA_TYPE } from './encoding.js';
export { sha256 } from './digest.js';
export { assertSameSignature, canonicalSignature, elementCount, signatureDigest } from './signature.js';
export { assertFinite, firstNonFinite, nonFiniteError } from './finite.js';
export { BYTES_PER_ELEMENT, holdsDtype, type TensorData, viewTensorData } from './tensor-data.js';

// For those who read or write parameters as streams.
export {
  encodedLength,
  encodeHeader,
  MAX_SIGNATURE_BYTES,
  PREFIX_BYTES,
  readPrefix,
  readSignature,
} from './encoding.js';
export { ALIGNMENT, aligned, type Layout, layoutOf, type TensorPlace } from './layout.js';

// For those who go over every element of many updates.
export { createFloatKernel } from './kernel/create-float-kernel.js';
export type { FloatKernel } from './kernel/float-kernel.js';
export { capacityFor } from './kernel/kernel-memory.js';
export { createPlainKernel } from './kernel/plain-kernel.js';
