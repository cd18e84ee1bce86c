import { crc32 } from 'node:zlib';
import { FedOpsError } from '@fedops/shared-types';

/** A journal begins with `FOJOURNL`, its format version and four zero bytes. */
export const JOURNAL_HEADER_BYTES = 16;

const MAGIC = Buffer.from('FOJOURNL');
const VERSION = 2;
const FRAME_HEADER_BYTES = 16;

/** No record comes near; a length beyond it is damage. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

/** The bytes that a journal begins with: magic, and version as little-endian uint32. */
export function journalHeader(): Uint8Array {
  const header = Buffer.alloc(JOURNAL_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, 8);
  return header;
}

/**
 * A record as it lies in the file: length of its JSON and CRC-32 of all that follows as little-endian uint32, how many
 * bytes of the file were durable before it was written as little-endian uint64, JSON in UTF-8.
 */
export function frameOf(record: unknown, durableBytes: number): Uint8Array {
  const payload = Buffer.from(JSON.stringify(record), 'utf8');
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeBigUInt64LE(BigInt(durableBytes), 8);
  payload.copy(frame, FRAME_HEADER_BYTES);
  frame.writeUInt32LE(crc32(frame.subarray(8)), 4);
  return frame;
}

/** The records of a journal, up to the first that is not whole. */
export interface ReadFrames {
  readonly records: readonly unknown[];
  /** Where the whole records end; what follows is the rest of a write that was cut off. */
  readonly byteLength: number;
}

/**
 * A write that a crash cut off leaves any part of itself behind, and everything before it whole. So a record behind
 * the damage that was written when the damaged bytes were durable already tells that they were whole once.
 *
 * @throws {FedOpsError} `storage` for a file that is no journal or has lost records that were durable, `unsupported`
 *   for another version.
 */
export function readFrames(bytes: Uint8Array): ReadFrames {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isTornHeader(buffer)) return { records: [], byteLength: 0 };
  if (!buffer.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new FedOpsError('storage', 'journal: expected it to begin with FOJOURNL');
  }
  const version = buffer.readUInt32LE(8);
  if (version !== VERSION) {
    throw new FedOpsError('unsupported', `journal: expected format version ${VERSION}, got ${version}`);
  }
  const records: unknown[] = [];
  let at = JOURNAL_HEADER_BYTES;
  for (let frame = frameAt(buffer, at); frame !== undefined; frame = frameAt(buffer, at)) {
    records.push(JSON.parse(frame.payload.toString('utf8')));
    at += FRAME_HEADER_BYTES + frame.payload.length;
  }
  const witness = witnessOfLoss(buffer, at);
  if (witness !== undefined) {
    throw new FedOpsError(
      'storage',
      `journal: expected a whole record at byte ${at}, it is damaged; later records, from byte ${witness} on, are whole`,
    );
  }
  return { records, byteLength: at };
}

/** Where a whole record lies that was written when the byte at `damaged` was durable. */
function witnessOfLoss(buffer: Buffer, damaged: number): number | undefined {
  for (let at = damaged + 1; at + FRAME_HEADER_BYTES < buffer.length; at++) {
    // Few bytes look like such a length: cheaper than a checksum.
    const durableBytes = buffer.readBigUInt64LE(at + 8);
    if (durableBytes > BigInt(at) || durableBytes <= BigInt(damaged)) continue;
    if (frameAt(buffer, at) !== undefined) return at;
  }
  return undefined;
}

/** The header is durable before anything follows it; until then, any part of it may be missing or zeros. */
function isTornHeader(buffer: Buffer): boolean {
  const header = journalHeader();
  const isPart =
    buffer.length <= header.length && buffer.every((byte, i) => byte === 0 || byte === header[i]);
  return isPart && !buffer.equals(header);
}

function frameAt(buffer: Buffer, at: number): { readonly payload: Buffer } | undefined {
  if (at + FRAME_HEADER_BYTES > buffer.length) return undefined;
  const length = buffer.readUInt32LE(at);
  const start = at + FRAME_HEADER_BYTES;
  if (length === 0 || length > MAX_RECORD_BYTES || start + length > buffer.length) return undefined;
  const isWhole = crc32(buffer.subarray(at + 8, start + length)) === buffer.readUInt32LE(at + 4);
  return isWhole ? { payload: buffer.subarray(start, start + length) } : undefined;
}
