import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { encodeHeader, layoutOf, type Parameters } from '@fedops/parameters';

/** Small enough that hashing one does not hold up the event loop, large enough that the socket stays full. */
const CHUNK_BYTES = 256 * 1024;

/** Bytes of encoded parameters. */
export interface EncodedBody {
  readonly byteLength: number;
  /** The encoding in pieces, as views of the tensors: no second copy is made. */
  chunks(): Iterable<Uint8Array>;
}

/** The encoding of docs/protocol.md, section 2, piece by piece. */
export function encodedBody({ signature, tensors }: Parameters): EncodedBody {
  const header = encodeHeader(signature);
  const layout = layoutOf(signature);
  function* chunks() {
    yield header;
    let end = 0;
    for (const [i, { offset, byteLength }] of layout.places.entries()) {
      const data = tensors[i]!;
      if (offset > end) yield new Uint8Array(offset - end);
      for (let at = 0; at < byteLength; at += CHUNK_BYTES) {
        yield new Uint8Array(data.buffer, data.byteOffset + at, Math.min(CHUNK_BYTES, byteLength - at));
      }
      end = offset + byteLength;
    }
  }
  return { byteLength: header.length + layout.byteLength, chunks };
}

/** `Content-Digest` of a body (RFC 9530), hashed with pauses for whatever else the process has to do. */
export async function contentDigest(body: EncodedBody): Promise<string> {
  const hash = createHash('sha256');
  for (const chunk of body.chunks()) {
    hash.update(chunk);
    if (chunk.length === CHUNK_BYTES) await turn();
  }
  return `sha-256=:${hash.digest('base64')}:`;
}
