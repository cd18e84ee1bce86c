import { elementCount, type TensorData, viewTensorData } from '@fedops/parameters';
import { DTYPES, type Dtype, FedOpsError, type TensorSpec } from '@fedops/shared-types';

/** The element type as one of ours. @throws {FedOpsError} `unsupported`, naming the tensor and the type. */
export function supportedDtype(dtype: string, tensor: string): Dtype {
  if ((DTYPES as readonly string[]).includes(dtype)) return dtype as Dtype;
  throw new FedOpsError(
    'unsupported',
    `tensor ${tensor}: elements of type ${dtype} are not supported, only ${DTYPES.join(', ')}`,
    { details: { tensor, dtype } },
  );
}

/** The elements in little-endian bytes: a view where they lie at a multiple of their size, a copy otherwise. */
export function tensorOfBytes(spec: TensorSpec, bytes: Uint8Array, elementBytes: number): TensorData {
  const source = bytes.byteOffset % elementBytes === 0 ? bytes : Uint8Array.from(bytes);
  return viewTensorData(spec.dtype, source, 0, elementCount(spec));
}

/** The bytes of a tensor's elements, as a view. */
export function bytesOfTensor(data: TensorData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
