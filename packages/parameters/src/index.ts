export { createParameters, type Parameters } from './parameters.js';
export { assertSameSignature, canonicalSignature, elementCount, signatureDigest } from './signature.js';
export { decodeParameters, encodedLength, encodeParameters, PARAMETERS_MEDIA_TYPE } from './encoding.js';
export { assertFinite, firstNonFinite, nonFiniteError } from './finite.js';
export { sha256 } from './digest.js';

// For those who read or write parameters as streams.
export { encodeHeader, MAX_SIGNATURE_BYTES, PREFIX_BYTES, readPrefix, readSignature } from './encoding.js';
export { aligned, ALIGNMENT, layoutOf, type Layout, type TensorPlace } from './layout.js';
export { BYTES_PER_ELEMENT, holdsDtype, viewTensorData, type TensorData } from './tensor-data.js';
