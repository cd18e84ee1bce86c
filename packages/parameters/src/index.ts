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
export { ALIGNMENT, aligned, type Layout, layoutOf, type TensorPlace } from './layout.js';
export { createParameters, type Parameters } from './parameters.js';
export { assertSameSignature, canonicalSignature, elementCount, signatureDigest } from './signature.js';
export { BYTES_PER_ELEMENT, holdsDtype, type TensorData, viewTensorData } from './tensor-data.js';
