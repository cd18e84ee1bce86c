import {
  BYTES_PER_ELEMENT,
  createParameters,
  elementCount,
  type Parameters,
  viewTensorData,
} from '@fedops/parameters';
import { DTYPES, type Dtype, type TensorSpec } from '@fedops/shared-types';
import fc from 'fast-check';

const anyName = fc.oneof(
  fc.constantFrom(
    'dense/kernel:0',
    'layers.0.weight',
    '0',
    '10',
    '__proto__',
    'constructor',
    'a.npy',
    'ä',
    '😀',
  ),
  fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .filter((name) => !/^\/|\\|\0|(^|\/)\.\.(\/|$)/.test(name)),
);

const anySpec: fc.Arbitrary<TensorSpec> = fc.record({
  name: anyName.filter((name) => name !== '__metadata__'),
  shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  dtype: fc.constantFrom<Dtype>(...DTYPES),
});

const anySignature = fc.uniqueArray(anySpec, { minLength: 1, maxLength: 10, selector: ({ name }) => name });

/** Parameters of all element types, scalars and empty tensors among them, whose elements are any bytes: NaN too. */
export const anyParameters: fc.Arbitrary<Parameters> = anySignature.chain((signature) =>
  fc.tuple(...signature.map(anyTensorData)).map((tensors) => createParameters(signature, tensors)),
);

function anyTensorData(spec: TensorSpec) {
  const length = elementCount(spec) * BYTES_PER_ELEMENT[spec.dtype];
  const max = spec.dtype === 'bool' ? 1 : 255;
  return fc
    .array(fc.integer({ min: 0, max }), { minLength: length, maxLength: length })
    .map((values) => viewTensorData(spec.dtype, Uint8Array.from(values), 0, elementCount(spec)));
}

/** Signature and elements as bytes, so that NaNs compare too. */
export function contentsOf({ signature, tensors }: Parameters): unknown {
  const bytes = tensors.map(({ buffer, byteOffset, byteLength }) => [
    ...new Uint8Array(buffer, byteOffset, byteLength),
  ]);
  return { signature, bytes };
}

/** The same bytes at an address that is no multiple of an element's size. */
export function misaligned(bytes: Uint8Array): Uint8Array {
  const room = new Uint8Array(bytes.length + 1);
  room.set(bytes, 1);
  return room.subarray(1);
}
