import { decodeNpy, encodeNpy } from '@fedops/flower';
import { BYTES_PER_ELEMENT, createParameters, type Parameters, type TensorData } from '@fedops/parameters';
import { FedOpsError, parseWith, SignatureSchema, type TensorSpec } from '@fedops/shared-types';
import { assertWithin, type ReadLimits } from './read-limits.js';
import { bytesOfTensor, supportedDtype, tensorOfBytes } from './tensor-bytes.js';

/**
 * The one tensor of an NPY file, in either order of elements and of bytes; it may be a view of `file`.
 *
 * @param name What to call it; the file does not say.
 * @throws {FedOpsError} `invalid-argument` for bytes that are no such file, `unsupported` for element types that
 *   parameters cannot have (float16 is one), `too-large` beyond the limits.
 */
export function readNpy(file: Uint8Array, name = 'arr_0', limits: ReadLimits = {}): Parameters {
  assertWithin(file.length, limits);
  const { spec, data } = readNamedNpy(file, name);
  return createParameters(parseWith(SignatureSchema, [spec], 'NPY file'), [data]);
}

/**
 * Parameters of one tensor as an NPY file, byte for byte as NumPy writes it. The name is not in it.
 *
 * @throws {FedOpsError} `invalid-argument` for another number of tensors.
 */
export function writeNpy({ signature, tensors }: Parameters): Uint8Array<ArrayBuffer> {
  const [spec] = signature;
  if (spec === undefined || signature.length !== 1) {
    throw new FedOpsError('invalid-argument', `NPY file: expected 1 tensor, got ${signature.length}`);
  }
  return npyOf(spec, tensors[0]!);
}

/** One tensor as an NPY file. */
export function npyOf({ dtype, shape }: TensorSpec, data: TensorData): Uint8Array<ArrayBuffer> {
  return encodeNpy({ dtype, shape, bytes: bytesOfTensor(data) });
}

/** One tensor of an NPY file with the name it has in its archive. @throws {FedOpsError} as {@link readNpy}. */
export function readNamedNpy(
  file: Uint8Array,
  name: string,
): { readonly spec: TensorSpec; readonly data: TensorData } {
  const { dtype: stored, shape, bytes } = decodeNamed(file, name);
  const dtype = supportedDtype(stored, name);
  const spec = { name, shape: [...shape], dtype };
  return { spec, data: tensorOfBytes(spec, bytes, BYTES_PER_ELEMENT[dtype]) };
}

function decodeNamed(file: Uint8Array, name: string): ReturnType<typeof decodeNpy> {
  try {
    return decodeNpy(file);
  } catch (cause) {
    const { code, message } = FedOpsError.from(cause);
    throw new FedOpsError(code, `tensor ${name}: ${message}`, { cause, details: { tensor: name } });
  }
}
