import { BYTES_PER_ELEMENT, elementCount, MAX_SIGNATURE_BYTES } from '@fedops/parameters';
import {
  FedOpsError,
  parseWith,
  type Signature,
  SignatureSchema,
  type TensorSpec,
} from '@fedops/shared-types';
import { supportedDtype } from '../tensor-bytes.js';
import { assertSafeNames, quoted } from '../tensor-names.js';
import { type HeaderKeys, headerKeys } from './header-keys.js';
import { dtypeName } from './safetensors-dtype.js';

/** Where free text stands in a header; no tensor may be called so. */
export const METADATA_KEY = '__metadata__';

/** The length of the header, a 64-bit integer. */
export const LENGTH_BYTES = 8;

/** What the header of a safetensors file says. */
export interface SafetensorsHeader {
  /** In the order of the header. */
  readonly signature: Signature;
  /** Where the tensors begin, in bytes from the start of the file; one for each. */
  readonly offsets: readonly number[];
}

interface Entry {
  readonly spec: TensorSpec;
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads and checks the header: every byte behind it belongs to exactly one tensor.
 *
 * @throws {FedOpsError} `invalid-argument`, `unsupported` (naming tensor and element type), or `too-large` for a
 *   header beyond 16 MiB or of more parts than 100,000 tensors have.
 * @see https://huggingface.co/docs/safetensors, "Format"
 */
export function readSafetensorsHeader(file: Uint8Array): SafetensorsHeader {
  const dataOffset = readDataOffset(file);
  const text = decodeText(file.subarray(LENGTH_BYTES, dataOffset));
  const { top, fields } = parseObject(text);
  const entries = top.filter((key) => key !== METADATA_KEY).map((name) => readEntry(name, fields[name]));
  assertSafeNames(entries.map(({ spec }) => spec.name));
  const signature = parseWith(
    SignatureSchema,
    entries.map(({ spec }) => spec),
    'safetensors header',
  );
  assertCovered(entries, file.length - dataOffset);
  return { signature, offsets: entries.map(({ begin }) => dataOffset + begin) };
}

function readDataOffset(file: Uint8Array): number {
  if (file.length < LENGTH_BYTES) throw malformed('cut off within the length of its header');
  const length = new DataView(file.buffer, file.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (length > MAX_SIGNATURE_BYTES) {
    throw new FedOpsError(
      'too-large',
      `safetensors: header of ${length} bytes, at most ${MAX_SIGNATURE_BYTES} allowed`,
    );
  }
  const dataOffset = LENGTH_BYTES + Number(length);
  if (file.length < dataOffset) throw malformed('cut off within its header');
  return dataOffset;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed('its header is not UTF-8', cause);
  }
}

function parseObject(text: string): {
  readonly top: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
} {
  if (!text.startsWith('{')) throw malformed('expected its header to begin with {');
  let keys: HeaderKeys;
  let fields: Readonly<Record<string, unknown>>;
  try {
    keys = headerKeys(text);
    fields = JSON.parse(text);
  } catch (cause) {
    throw FedOpsError.is(cause) ? cause : malformed('its header is not JSON', cause);
  }
  if (keys.repeated !== undefined) throw malformed(`its header has ${quoted(keys.repeated)} twice`);
  return { top: keys.top, fields };
}

function readEntry(name: string, value: unknown): Entry {
  if (!isObject(value)) throw malformedTensor(name, 'expected dtype, shape and data_offsets');
  const { dtype: stored, shape, data_offsets: offsets } = value;
  if (typeof stored !== 'string') throw malformedTensor(name, 'expected dtype to be text');
  if (!isCounts(shape)) throw malformedTensor(name, 'expected shape to be a list of whole numbers');
  if (!isCounts(offsets) || offsets.length !== 2) throw malformedTensor(name, 'expected two data_offsets');
  const [begin, end] = [offsets[0]!, offsets[1]!];
  const dtype = supportedDtype(dtypeName(stored), name.slice(0, 500));
  const spec = { name, shape: [...shape], dtype };
  const expected = elementCount(spec) * BYTES_PER_ELEMENT[dtype];
  if (end - begin !== expected) {
    throw malformedTensor(
      name,
      `expected ${expected} bytes for ${dtype}[${shape.join(', ')}], got ${end - begin}`,
    );
  }
  return { spec, begin, end };
}

function assertCovered(entries: readonly Entry[], byteLength: number): void {
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== end)
      throw malformedTensor(entry.spec.name, `expected it to begin at ${end}, got ${entry.begin}`);
    end = entry.end;
  }
  if (end !== byteLength) throw malformed(`expected ${end} bytes of tensors, got ${byteLength}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length <= 32 &&
    value.every((entry) => Number.isSafeInteger(entry) && entry >= 0)
  );
}

function malformedTensor(name: string, problem: string): FedOpsError {
  return malformed(`tensor ${name.slice(0, 500)}: ${problem}`);
}

function malformed(problem: string, cause?: unknown): FedOpsError {
  return new FedOpsError('invalid-argument', `safetensors: ${problem}`, cause === undefined ? {} : { cause });
}
