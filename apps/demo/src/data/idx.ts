import { gunzipSync } from 'node:zlib';
import { FedOpsError } from '@fedops/shared-types';

/** What an IDX file of bytes holds, in C order. */
export interface IdxArray {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** Larger than any file of the MNIST family (47 MB); a gzip bomb stops here. */
const MAX_BYTES = 256 * 1024 * 1024;

const GZIP_MAGIC = [0x1f, 0x8b] as const;
const UNSIGNED_BYTE = 0x08;

/**
 * Reads an IDX file of unsigned bytes, gzipped or plain: two zeros, 0x08, the number of dimensions, each dimension
 * as a big-endian uint32, then the elements. See http://yann.lecun.com/exdb/mnist/.
 *
 * @param name Names the file in errors.
 * @throws {FedOpsError} `invalid-argument` for another magic, element type or length, `too-large` beyond 256 MiB.
 */
export function parseIdx(file: Uint8Array, name: string): IdxArray {
  const bytes = file[0] === GZIP_MAGIC[0] && file[1] === GZIP_MAGIC[1] ? unzip(file, name) : file;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== UNSIGNED_BYTE) {
    throw new FedOpsError(
      'invalid-argument',
      `${name}: expected an IDX file of unsigned bytes (magic 00 00 08)`,
    );
  }
  const rank = bytes[3]!;
  const dataOffset = 4 + 4 * rank;
  if (bytes.length < dataOffset)
    throw new FedOpsError('invalid-argument', `${name}: cut off within its header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = shape.reduce((product, dimension) => product * dimension, 1);
  if (bytes.length - dataOffset !== expected) {
    throw new FedOpsError(
      'invalid-argument',
      `${name}: expected ${expected} elements for [${shape.join(', ')}], got ${bytes.length - dataOffset}`,
    );
  }
  return { shape, bytes: bytes.subarray(dataOffset) };
}

function unzip(file: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(file, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw isTooLarge
      ? new FedOpsError('too-large', `${name}: more than ${MAX_BYTES} bytes when unzipped`, { cause })
      : new FedOpsError('invalid-argument', `${name}: damaged gzip file`, { cause });
  }
}
