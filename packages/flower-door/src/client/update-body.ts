import { bindTensors, type TensorList } from '@fedops/flower';
import { encodeHeader, layoutOf } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { inPieces } from './in-pieces.js';

/** A client's tensors as an update of ours. */
export interface UpdateBody {
  readonly contentLength: number;
  /** The bytes from their start, mostly views of the tensors; a piece is good until the next is asked for. */
  pieces(): Iterable<Uint8Array>;
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
  const parts: Uint8Array[] = [header];
  let end = 0;
  tensors.forEach(({ bytes }, i) => {
    const { offset } = places[i]!;
    if (offset > end) parts.push(new Uint8Array(offset - end));
    parts.push(bytes);
    end = offset + bytes.length;
  });
  return { contentLength: header.length + byteLength, pieces: () => inPieces(parts) };
}
