import {
  createParameters,
  elementCount,
  encodedLength,
  type Parameters,
  viewTensorData,
} from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { copyOf } from '../session/parameters-cache.js';

/** Parameters in one buffer, which moves from thread to thread without a copy. */
export interface PackedParameters {
  readonly signature: Signature;
  readonly buffer: ArrayBuffer;
  /** Where each tensor begins, in bytes. */
  readonly offsets: readonly number[];
}

/**
 * Packs parameters to be transferred. Tensors that share one buffer and fill it keep it, and lose it with the
 * transfer; others are copied into one.
 *
 * @throws {FedOpsError} `shape-mismatch` where the tensors do not fit their signature.
 */
export function packParameters(parameters: Parameters): PackedParameters {
  const { signature, tensors } = createParameters(parameters.signature, parameters.tensors);
  const own = ownBuffer({ signature, tensors }) ?? copyOf({ signature, tensors });
  const packed = own.tensors;
  return {
    signature,
    buffer: (packed[0]?.buffer as ArrayBuffer | undefined) ?? new ArrayBuffer(0),
    offsets: packed.map(({ byteOffset }) => byteOffset),
  };
}

/** The parameters again, as views of the buffer. */
export function unpackParameters({ signature, buffer, offsets }: PackedParameters): Parameters {
  const bytes = new Uint8Array(buffer);
  const tensors = signature.map((spec, i) =>
    viewTensorData(spec.dtype, bytes, offsets[i]!, elementCount(spec)),
  );
  return { signature, tensors };
}

/**
 * The parameters where their buffer is theirs to give away: one buffer, no larger than their encoding, so that it is
 * not the memory of a WebAssembly module or a pool that others use too.
 */
function ownBuffer(parameters: Parameters): Parameters | undefined {
  const { signature, tensors } = parameters;
  const buffer = tensors[0]?.buffer;
  if (buffer === undefined || Object.prototype.toString.call(buffer) !== '[object ArrayBuffer]')
    return undefined;
  const isAlone =
    tensors.every((data) => data.buffer === buffer) && buffer.byteLength <= encodedLength(signature);
  return isAlone ? parameters : undefined;
}
