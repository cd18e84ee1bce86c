import {
  BYTES_PER_ELEMENT,
  createParameters,
  elementCount,
  MAX_SIGNATURE_BYTES,
  type Parameters,
} from '@fedops/parameters';
import { FedOpsError, parseWith, SignatureSchema } from '@fedops/shared-types';
import { assertWithin, type ReadLimits } from '../read-limits.js';
import { bytesOfTensor, tensorOfBytes } from '../tensor-bytes.js';
import { assertSafeNames } from '../tensor-names.js';
import { SAFETENSORS_DTYPE } from './safetensors-dtype.js';
import { LENGTH_BYTES, METADATA_KEY, readSafetensorsHeader } from './safetensors-header.js';

/**
 * The tensors of a safetensors file in the order of its header; they may be views of `file`.
 *
 * @throws {FedOpsError} `invalid-argument` for bytes that are no such file (overlapping tensors, gaps, a name or a key
 *   twice, a bool that is neither 0 nor 1, a name with `..` among them); `unsupported` for element types that
 *   parameters cannot have, naming tensor and type; `too-large` beyond the limits.
 */
export function readSafetensors(file: Uint8Array, limits: ReadLimits = {}): Parameters {
  assertWithin(file.length, limits);
  const { signature, offsets } = readSafetensorsHeader(file);
  const tensors = signature.map((spec, i) => {
    const elementBytes = BYTES_PER_ELEMENT[spec.dtype];
    const begin = offsets[i]!;
    const bytes = file.subarray(begin, begin + elementCount(spec) * elementBytes);
    if (spec.dtype === 'bool' && bytes.some((byte) => byte > 1)) {
      throw new FedOpsError('invalid-argument', `tensor ${spec.name}: expected each bool to be 0 or 1`);
    }
    return tensorOfBytes(spec, bytes, elementBytes);
  });
  return createParameters(signature, tensors);
}

/** What a safetensors file holds besides its tensors. */
export interface SafetensorsOptions {
  /** Free text; some readers want `{ format: 'pt' }`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Parameters as a safetensors file. The header keeps the order of the signature; the bytes stand with the largest
 * elements first, so that each tensor lies at a multiple of its element's size, as Python's readers want it.
 *
 * @throws {FedOpsError} `invalid-argument` for a name that such a file cannot have; `too-large` for a header over 16 MiB.
 */
export function writeSafetensors(
  { signature, tensors }: Parameters,
  { metadata }: SafetensorsOptions = {},
): Uint8Array<ArrayBuffer> {
  assertSafeNames([
    METADATA_KEY,
    ...parseWith(SignatureSchema, signature, 'parameters').map(({ name }) => name),
  ]);
  const begins = new Array<number>(signature.length).fill(0);
  let end = 0;
  for (const i of largestElementsFirst(signature.map(({ dtype }) => BYTES_PER_ELEMENT[dtype]))) {
    begins[i] = end;
    end += tensors[i]!.byteLength;
  }
  const entries: [string, unknown][] = signature.map(({ name, dtype, shape }, i) => {
    const offsets = [begins[i]!, begins[i]! + tensors[i]!.byteLength];
    return [name, { dtype: SAFETENSORS_DTYPE[dtype], shape, data_offsets: offsets }];
  });
  const header = headerOf(metadata === undefined ? entries : [[METADATA_KEY, metadata], ...entries]);
  const file = new Uint8Array(header.length + end);
  file.set(header);
  tensors.forEach((data, i) => {
    file.set(bytesOfTensor(data), header.length + begins[i]!);
  });
  return file;
}

/** Written key by key: an object would put names that look like numbers first. */
function headerOf(entries: readonly (readonly [string, unknown])[]): Uint8Array<ArrayBuffer> {
  const members = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
  const json = new TextEncoder().encode(`{${members.join(',')}}`);
  const length = Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES;
  if (length > MAX_SIGNATURE_BYTES) {
    throw new FedOpsError(
      'too-large',
      `safetensors: header of ${length} bytes, at most ${MAX_SIGNATURE_BYTES}`,
    );
  }
  const header = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, LENGTH_BYTES);
  return header;
}

function largestElementsFirst(elementBytes: readonly number[]): readonly number[] {
  return elementBytes.map((_, i) => i).sort((a, b) => elementBytes[b]! - elementBytes[a]! || a - b);
}
