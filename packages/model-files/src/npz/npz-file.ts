import { createParameters, type Parameters } from '@fedops/parameters';
import { FedOpsError, parseWith, SignatureSchema } from '@fedops/shared-types';
import { zipSync } from 'fflate';
import { npyOf, readNamedNpy } from '../npy-file.js';
import { assertWithin, type ReadLimits } from '../read-limits.js';
import { assertSafeNames } from '../tensor-names.js';
import { contentsOf } from './inflate-entry.js';
import { readZipDirectory } from './zip-directory.js';

const SUFFIX = '.npy';

/** Tensors are refused before the directory's work, not after it. */
const MOST_TENSORS = 65_534;

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
  const byteLength = tensors.reduce((sum, data) => sum + data.byteLength, 0);
  if (signature.length > MOST_TENSORS || byteLength > MOST_BYTES) {
    throw new FedOpsError('too-large', `NPZ: ${signature.length} tensors of ${byteLength} bytes do not fit`);
  }
  const files = signature.map((spec, i) => [`${spec.name}${SUFFIX}`, npyOf(spec, tensors[i]!)] as const);
  // Local time, as ZIP has no other: the earliest that it can tell, everywhere.
  const mtime = new Date(1980, 0, 1);
  return zipSync(Object.fromEntries(files), { level: compression === 'stored' ? 0 : 6, mtime });
}

/** What ZIP counts in 32 bits, less room for headers. */
const MOST_BYTES = 2 ** 32 - 2 ** 28;

function tensorName(file: string): string {
  if (file.endsWith(SUFFIX) && file.length > SUFFIX.length) return file.slice(0, -SUFFIX.length);
  throw new FedOpsError('invalid-argument', `NPZ: ${JSON.stringify(file.slice(0, 500))} is no .npy file`);
}
