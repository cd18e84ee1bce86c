import { createParameters, type Parameters } from '@fedops/parameters';
import { FedOpsError, parseWith, SignatureSchema } from '@fedops/shared-types';
import { zipSync } from 'fflate';
import { npyOf, readNamedNpy } from '../npy-file.js';
import { assertWithin, type ReadLimits } from '../read-limits.js';
import { assertSafeNames, quoted } from '../tensor-names.js';
import { contentsOf } from './inflate-entry.js';
import { readZipDirectory } from './zip-directory.js';

const SUFFIX = '.npy';

/** ZIP counts files in 16 bits and bytes in 32; the highest numbers say that the ZIP64 form follows. */
const MOST_TENSORS = 0xffff - 1;
const MOST_BYTES = 0xffffffff - 1;

/** What ZIP keeps of a file in its local record and in the directory, besides the name that each has. */
const RECORDS_BYTES = 30 + 46;
const END_BYTES = 22;

/**
 * The tensors of an NPZ file, stored or deflated, in the order of its directory; they may be views of `file`.
 *
 * @throws {FedOpsError} `invalid-argument` for bytes that are no such file (a name twice or with `..`, a file that is
 *   no `.npy`, a wrong size or checksum among them); `unsupported` for element types that parameters cannot have
 *   (naming tensor and type), encryption and other compressions; `too-large` where the declared contents are beyond
 *   the limits, before anything is inflated.
 */
export function readNpz(file: Uint8Array, limits: ReadLimits = {}): Parameters {
  const entries = readZipDirectory(file);
  assertWithin(
    entries.reduce((sum, { size }) => sum + size, 0),
    limits,
  );
  const names = entries.map(({ name }) => tensorName(name));
  assertSafeNames(names);
  const read = entries.map((entry, i) => readNamedNpy(contentsOf(entry), names[i]!));
  const signature = parseWith(
    SignatureSchema,
    read.map(({ spec }) => spec),
    'NPZ file',
  );
  return createParameters(
    signature,
    read.map(({ data }) => data),
  );
}

/** How an NPZ file is written. */
export interface NpzOptions {
  /** `stored` as `numpy.savez` (the default), `deflated` as `numpy.savez_compressed`. */
  readonly compression?: 'stored' | 'deflated';
}

/**
 * Parameters as an NPZ file; equal parameters give equal bytes.
 *
 * @throws {FedOpsError} `invalid-argument` for a name that such a file cannot have; `too-large` beyond 65,534 tensors
 *   or 4 GiB.
 */
export function writeNpz(
  { signature, tensors }: Parameters,
  { compression = 'stored' }: NpzOptions = {},
): Uint8Array {
  assertSafeNames(parseWith(SignatureSchema, signature, 'parameters').map(({ name }) => name));
  assertFits(
    signature.length,
    tensors.reduce((sum, data) => sum + data.byteLength, 0),
  );
  const files = signature.map((spec, i) => [`${spec.name}${SUFFIX}`, npyOf(spec, tensors[i]!)] as const);
  assertFits(files.length, storedLength(files));
  // Local time, as ZIP has no other: the earliest that it can tell, everywhere.
  const mtime = new Date(1980, 0, 1);
  return zipSync(Object.fromEntries(files), { level: compression === 'stored' ? 0 : 6, mtime });
}

/** Bytes of an archive of these files, uncompressed. */
function storedLength(files: readonly (readonly [string, Uint8Array])[]): number {
  const encoder = new TextEncoder();
  return files.reduce(
    (sum, [name, { length }]) => sum + RECORDS_BYTES + 2 * encoder.encode(name).length + length,
    END_BYTES,
  );
}

function assertFits(count: number, byteLength: number): void {
  if (count <= MOST_TENSORS && byteLength <= MOST_BYTES) return;
  throw new FedOpsError('too-large', `NPZ: ${count} tensors of ${byteLength} bytes do not fit`);
}

function tensorName(file: string): string {
  if (file.endsWith(SUFFIX) && file.length > SUFFIX.length) return file.slice(0, -SUFFIX.length);
  throw new FedOpsError('invalid-argument', `NPZ: ${quoted(file)} is no .npy file`);
}
