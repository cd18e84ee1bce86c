import { FedOpsError } from '@fedops/shared-types';
import { Inflate } from 'fflate';
import { quoted } from '../tensor-names.js';
import { crc32 } from './crc32.js';
import type { ZipEntry } from './zip-directory.js';

/** Deflate makes at most so many bytes of one: a declared size beyond it is a lie. @see zlib, "Technical details" */
const MOST_FOLD = 1_032;

/** Input between two looks at how much has come out: at the most 4 MiB more than declared, or as much as declared. */
const LEAST_PIECE_BYTES = 4 * 1024;

/** Beyond this, larger pieces are no faster. */
const MOST_PIECE_BYTES = 16 * 1024;

/**
 * The contents of one file of an archive: a view where it is stored. Stops soon after more has come out than was
 * declared, so that neither memory nor time depend on what the packed bytes would make.
 *
 * @throws {FedOpsError} `invalid-argument` where size or CRC are not as declared.
 */
export function contentsOf(entry: ZipEntry): Uint8Array {
  const contents = entry.method === 'stored' ? entry.packed : inflate(entry);
  if (contents.length !== entry.size)
    throw malformed(entry, `expected ${entry.size} bytes, got ${contents.length}`);
  if (crc32(contents) !== entry.crc) throw malformed(entry, 'its checksum does not fit');
  return contents;
}

function inflate(entry: ZipEntry): Uint8Array {
  const { packed, size } = entry;
  if (size > packed.length * MOST_FOLD) throw malformed(entry, `${packed.length} bytes cannot hold ${size}`);
  const pieceBytes = Math.min(Math.max(Math.floor(size / MOST_FOLD), LEAST_PIECE_BYTES), MOST_PIECE_BYTES);
  const contents = new Uint8Array(size);
  let length = 0;
  const stream = new Inflate((chunk) => {
    if (length + chunk.length > size) throw malformed(entry, `more than the ${size} bytes it declares`);
    contents.set(chunk, length);
    length += chunk.length;
  });
  try {
    for (let at = 0; at < packed.length; at += pieceBytes) {
      stream.push(packed.subarray(at, at + pieceBytes), at + pieceBytes >= packed.length);
    }
  } catch (cause) {
    throw FedOpsError.is(cause) ? cause : malformed(entry, 'it does not inflate', cause);
  }
  return contents.subarray(0, length);
}

function malformed({ name }: ZipEntry, problem: string, cause?: unknown): FedOpsError {
  const options = cause === undefined ? {} : { cause };
  return new FedOpsError('invalid-argument', `ZIP: ${quoted(name)}: ${problem}`, options);
}
