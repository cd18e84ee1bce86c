import { crc32 } from 'node:zlib';
import { FedOpsError } from '@fedops/shared-types';

/** A journal begins with `FOJOURNL`, its format version and four zero bytes. */
export const JOURNAL_HEADER_BYTES = 16;

const MAGIC = Buffer.from('FOJOURNL');
const VERSION = 1;
const FRAME_HEADER_BYTES = 8;

/** No record comes near; a length beyond it is damage. */
const MAX_RECORD_BYTES = 256 * 1024 * 1024;

export function journalHeader(): Uint8Array {
  const header = Buffer.alloc(JOURNAL_HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(VERSION, 8);
  return header;
}

/** A record as it lies in the file: length and CRC-32 as little-endian uint32, then JSON in UTF-8. */
export function frameOf(record: unknown): Uint8Array {
  const payload = Buffer.from(JSON.stringify(record), 'utf8');
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(crc32(payload), 4);
  payload.copy(frame, FRAME_HEADER_BYTES);
  return frame;
}

/** The records of a journal, up to the first that is not whole. */
export interface ReadFrames {
  readonly records: readonly unknown[];
  /** Where the whole records end; what follows is the rest of a write that was cut off. */
  readonly byteLength: number;
}

/**
 * @throws {FedOpsError} `storage` for a file that is no journal, `unsupported` for another version.
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
  for (let payload = payloadAt(buffer, at); payload !== undefined; payload = payloadAt(buffer, at)) {
    records.push(JSON.parse(payload.toString('utf8')));
    at += FRAME_HEADER_BYTES + payload.length;
  }
  return { records, byteLength: at };
}

/** The header is durable before anything follows it; until then, any part of it may be missing or zeros. */
function isTornHeader(buffer: Buffer): boolean {
  const header = journalHeader();
  const isPart =
    buffer.length <= header.length && buffer.every((byte, i) => byte === 0 || byte === header[i]);
  return isPart && !buffer.equals(header);
}

function payloadAt(buffer: Buffer, at: number): Buffer | undefined {
  if (at + FRAME_HEADER_BYTES > buffer.length) return undefined;
  const length = buffer.readUInt32LE(at);
  const start = at + FRAME_HEADER_BYTES;
  if (length === 0 || length > MAX_RECORD_BYTES || start + length > buffer.length) return undefined;
  const payload = buffer.subarray(start, start + length);
  return crc32(payload) === buffer.readUInt32LE(at + 4) ? payload : undefined;
}
