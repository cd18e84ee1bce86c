import { FedOpsError } from '@fedops/shared-types';
import { quoted } from '../tensor-names.js';

/** One file of an archive, as its central directory describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: 'stored' | 'deflated';
  readonly crc: number;
  /** The bytes as they lie in the archive. */
  readonly packed: Uint8Array;
  /** Bytes once inflated, as declared. */
  readonly size: number;
}

const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const LONGEST_COMMENT = 0xffff;

/** Stands where the real number is in a ZIP64 record; such archives are larger than what a reader in memory takes. */
const IN_ZIP64 = 0xffffffff;

/** The flag of files that need a password. */
const ENCRYPTED = 1;

/** A file with the bytes that it takes in the archive, its local record included. */
interface PlacedEntry {
  readonly entry: ZipEntry;
  readonly begin: number;
  readonly end: number;
}

/**
 * The files of an archive, in the order of its central directory. Nothing is inflated here.
 *
 * @throws {FedOpsError} `invalid-argument` for bytes that are no archive, contradict themselves, or say that two files lie
 *   at one place; `unsupported` for encryption, other compressions, several volumes and the ZIP64 form.
 * @see PKWARE APPNOTE.TXT 4.3
 */
export function readZipDirectory(file: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  const directory = view.getUint32(end + 16, true);
  if (count === 0xffff || directory === IN_ZIP64) throw unsupported('archives in ZIP64 form');
  if (view.getUint16(end + 4, true) !== 0) throw unsupported('archives in several volumes');
  const placed: PlacedEntry[] = [];
  let at = directory;
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== 0x02014b50) {
      throw malformed('its directory is damaged');
    }
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((o) => view.getUint16(at + o, true));
    placed.push(readEntry(file, view, at, directory));
    at += CENTRAL_BYTES + nameLength! + extraLength! + commentLength!;
  }
  if (at !== end) throw malformed('its directory has another length than it says');
  assertApart(placed);
  return placed.map(({ entry }) => entry);
}

/** Files over one another make an archive whose contents are many times what it could hold. */
function assertApart(placed: readonly PlacedEntry[]): void {
  let free = 0;
  for (const { entry, begin, end } of [...placed].sort((a, b) => a.begin - b.begin)) {
    if (begin < free) throw malformed(`${quoted(entry.name)} lies over another file`);
    free = end;
  }
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT);
  for (let at = view.byteLength - END_BYTES; at >= lowest; at--) {
    const isEnd = view.getUint32(at, true) === 0x06054b50;
    if (isEnd && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw malformed('expected a ZIP archive');
}

function readEntry(file: Uint8Array, view: DataView, at: number, directory: number): PlacedEntry {
  const rawName = file.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + view.getUint16(at + 28, true));
  const name = decodeName(rawName);
  const [crc, packedSize, size, local] = [16, 20, 24, 42].map((o) => view.getUint32(at + o, true));
  if (packedSize === IN_ZIP64 || size === IN_ZIP64 || local === IN_ZIP64)
    throw unsupported('archives in ZIP64 form');
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) throw unsupported('encrypted archives');
  if (local! + LOCAL_BYTES > directory || view.getUint32(local!, true) !== 0x04034b50) {
    throw malformed(`${quoted(name)} is not where the directory says`);
  }
  const nameStart = local! + LOCAL_BYTES;
  const localNameLength = view.getUint16(local! + 26, true);
  const begin = nameStart + localNameLength + view.getUint16(local! + 28, true);
  if (begin + packedSize! > directory) throw malformed(`${quoted(name)} reaches into the directory`);
  const localName = file.subarray(nameStart, nameStart + localNameLength);
  if (!sameBytes(localName, rawName)) throw malformed(`${quoted(name)} has another name where it lies`);
  const entry = {
    name,
    method: methodOf(view.getUint16(at + 10, true), name),
    crc: crc!,
    packed: file.subarray(begin, begin + packedSize!),
    size: size!,
  };
  return { entry, begin: local!, end: begin + packedSize! };
}

function methodOf(method: number, name: string): ZipEntry['method'] {
  if (method === 0) return 'stored';
  if (method === 8) return 'deflated';
  throw unsupported(`files of compression ${method}, such as ${quoted(name)},`);
}

function decodeName(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FedOpsError('invalid-argument', 'ZIP: the name of a file is not UTF-8', { cause });
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function malformed(problem: string): FedOpsError {
  return new FedOpsError('invalid-argument', `ZIP: ${problem}`);
}

function unsupported(what: string): FedOpsError {
  return new FedOpsError('unsupported', `ZIP: ${what} are not supported`);
}
