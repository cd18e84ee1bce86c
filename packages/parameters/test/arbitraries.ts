import { DTYPES, type Dtype, type TensorSpec } from '@fedops/shared-types';
import fc from 'fast-check';
import {
  BYTES_PER_ELEMENT,
  createParameters,
  elementCount,
  type Parameters,
  viewTensorData,
} from '../src/index.js';

export const anyDtype = fc.constantFrom<Dtype>(...DTYPES);

/** Shapes of 0 to 4 dimensions, some of them empty tensors. */
export const anyShape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

export const anySpec: fc.Arbitrary<TensorSpec> = fc.record({
  name: fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
  shape: anyShape,
  dtype: anyDtype,
});

export const anySignature = fc.uniqueArray(anySpec, {
  minLength: 1,
  maxLength: 20,
  selector: ({ name }) => name,
});

/** Parameters whose elements are arbitrary bytes: NaN and infinities too. */
export const anyParameters: fc.Arbitrary<Parameters> = anySignature.chain((signature) =>
  fc.tuple(...signature.map(anyTensorData)).map((tensors) => createParameters(signature, tensors)),
);

function anyTensorData(spec: TensorSpec) {
  const bytes = elementCount(spec) * BYTES_PER_ELEMENT[spec.dtype];
  const max = spec.dtype === 'bool' ? 1 : 255;
  return fc
    .array(fc.integer({ min: 0, max }), { minLength: bytes, maxLength: bytes })
    .map((values) => viewTensorData(spec.dtype, Uint8Array.from(values), 0, elementCount(spec)));
}

/** The elements as bytes, so that NaNs compare too. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): number[] {
  return [...new Uint8Array(buffer, byteOffset, byteLength)];
}
