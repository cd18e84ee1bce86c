import { FedOpsError } from '@fedops/shared-types';
import { canonicalElements, fortranElements, isCanonical } from './element-order.js';
import { type NpyDtype, STORAGE } from './npy-dtype.js';
import { type ElementOrder, encodeNpyHeader, readNpyHeader } from './npy-header.js';

/** A tensor as its elements' bytes. */
export interface NpyTensor {
  readonly dtype: NpyDtype;
  /** `[]` for a scalar. */
  readonly shape: readonly number[];
  /** The elements, little-endian, in C order. */
  readonly bytes: Uint8Array;
}

/**
 * The tensor as an NPY file of format 1.0, byte for byte as NumPy writes it.
 *
 * @param order Order of the elements in the file.
 * @throws {FedOpsError} `invalid-argument` where shape and bytes do not fit one another.
 */
export function encodeNpy(
  { dtype, shape, bytes }: NpyTensor,
  order: ElementOrder = 'c',
): Uint8Array<ArrayBuffer> {
  const expected = byteLengthOf(dtype, shape);
  if (bytes.length !== expected) throw wrongLength(dtype, shape, expected, bytes.length);
  const header = encodeNpyHeader(dtype, shape, order);
  const file = new Uint8Array(header.length + bytes.length);
  file.set(header);
  const { bytesPerElement } = STORAGE[dtype];
  file.set(order === 'c' ? bytes : fortranElements(bytes, shape, bytesPerElement), header.length);
  return file;
}

/**
 * The tensor in an NPY file: either order of elements and of bytes. Its bytes are a view of the file where they stand
 * as we hold them, and a copy of the same size otherwise.
 *
 * @throws {FedOpsError} `invalid-argument` for bytes that are no NPY file, of another length than the shape says, or
 *   with a bool that is neither 0 nor 1; `unsupported` for another format or element type; `too-large` for a header
 *   beyond NumPy's limit.
 */
export function decodeNpy(file: Uint8Array): NpyTensor {
  const header = readNpyHeader(file);
  const { dtype, shape, dataOffset } = header;
  const expected = byteLengthOf(dtype, shape);
  const raw = file.subarray(dataOffset);
  if (raw.length !== expected) throw wrongLength(dtype, shape, expected, raw.length);
  if (dtype === 'bool' && raw.some((byte) => byte > 1)) {
    throw new FedOpsError('invalid-argument', 'NPY: expected each bool to be 0 or 1');
  }
  return { dtype, shape, bytes: isCanonical(header) ? raw : canonicalElements(header, raw) };
}

function byteLengthOf(dtype: NpyDtype, shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, STORAGE[dtype].bytesPerElement);
}

function wrongLength(dtype: NpyDtype, shape: readonly number[], expected: number, got: number): FedOpsError {
  return new FedOpsError(
    'invalid-argument',
    `NPY: expected ${expected} bytes for ${dtype}[${shape.join(', ')}], got ${got}`,
  );
}
