import { createHash } from 'node:crypto';
import { bindTensors, type TensorList } from '@fedops/flower';
import { encodeHeader, layoutOf } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';

/** A client's tensors as an update of ours, without a copy of them. */
export interface UpdateBody {
  readonly contentLength: number;
  /** SHA-256 of all chunks. */
  readonly digest: string;
  readonly chunks: readonly Uint8Array[];
}

/**
 * Binds tensors to the names of the signature and encodes them: docs/protocol.md, section 2.
 *
 * @throws {FedOpsError} `shape-mismatch`, naming the first tensor that differs; `invalid-argument`, `unsupported` or
 *   `too-large` for bytes that are no tensor.
 */
export function updateBodyOf(list: TensorList, signature: Signature): UpdateBody {
  const tensors = bindTensors(list, signature);
  const { places, byteLength } = layoutOf(signature);
  const header = encodeHeader(signature);
  const chunks: Uint8Array[] = [header];
  let end = 0;
  tensors.forEach(({ bytes }, i) => {
    const { offset } = places[i]!;
    if (offset > end) chunks.push(new Uint8Array(offset - end));
    chunks.push(bytes);
    end = offset + bytes.length;
  });
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return { contentLength: header.length + byteLength, digest: hash.digest('hex'), chunks };
}
