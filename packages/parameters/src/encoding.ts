import { FedOpsError, parseWith, type Signature, SignatureSchema } from '@fedops/shared-types';
import { aligned, layoutOf } from './layout.js';
import { createParameters, type Parameters } from './parameters.js';
import { canonicalSignature } from './signature.js';
import { viewTensorData } from './tensor-data.js';

/** Media type of encoded parameters. */
export const PARAMETERS_MEDIA_TYPE = 'application/vnd.fedops.parameters';

/** Magic, version, length of the signature: the part of an encoding whose size is fixed. */
export const PREFIX_BYTES = 16;

/** A longer signature is refused before it is read. */
export const MAX_SIGNATURE_BYTES = 16 * 1024 * 1024;

const MAGIC = new TextEncoder().encode('FOPARAMS');
const VERSION = 1;

/**
 * The bytes in front of the data section: `FOPARAMS`, version and signature length as little-endian uint32,
 * the signature's canonical JSON in UTF-8, zeros up to the alignment. See docs/protocol.md, "Parameters".
 */
export function encodeHeader(signature: Signature): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(canonicalSignature(signature));
  const header = new Uint8Array(aligned(PREFIX_BYTES + json.length));
  header.set(MAGIC);
  const view = new DataView(header.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, json.length, true);
  header.set(json, PREFIX_BYTES);
  return header;
}

/** Bytes of the whole encoding of any parameters with this signature. */
export function encodedLength(signature: Signature): number {
  return encodeHeader(signature).length + layoutOf(signature).byteLength;
}

/**
 * Parameters as bytes: equal parameters give equal bytes, so their SHA-256 names them. See docs/protocol.md 2.
 *
 * @throws {FedOpsError} `unsupported` on a big-endian machine.
 */
export function encodeParameters({ signature, tensors }: Parameters): Uint8Array<ArrayBuffer> {
  assertLittleEndian();
  const header = encodeHeader(signature);
  const layout = layoutOf(signature);
  const bytes = new Uint8Array(header.length + layout.byteLength);
  bytes.set(header);
  tensors.forEach((data, i) => {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    bytes.set(raw, header.length + layout.places[i]!.offset);
  });
  return bytes;
}

/**
 * Parameters from their bytes; the tensors are views of `bytes` (of a copy where `bytes` is not aligned).
 *
 * @throws {FedOpsError} as {@link readSignature}; `invalid-argument` for another length than the signature's;
 *   `unsupported` on a big-endian machine too.
 */
export function decodeParameters(bytes: Uint8Array): Parameters {
  assertLittleEndian();
  const dataOffset = readPrefix(bytes).dataOffset;
  const signature = readSignature(bytes);
  const layout = layoutOf(signature);
  if (bytes.length !== dataOffset + layout.byteLength) {
    throw new FedOpsError(
      'invalid-argument',
      `parameters: expected ${dataOffset + layout.byteLength} bytes, got ${bytes.length}`,
    );
  }
  // Not `slice`: a Buffer's shares the memory.
  const source = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const tensors = signature.map(({ dtype }, i) => {
    const { offset, elements } = layout.places[i]!;
    return viewTensorData(dtype, source, dataOffset + offset, elements);
  });
  return createParameters(signature, tensors);
}

/**
 * Reads the fixed part of an encoding, so that a stream's reader knows how much makes the signature.
 *
 * @throws {FedOpsError} `invalid-argument` for other bytes, `unsupported` for another version, `too-large`
 *   for a signature over {@link MAX_SIGNATURE_BYTES}.
 */
export function readPrefix(bytes: Uint8Array): {
  readonly signatureBytes: number;
  readonly dataOffset: number;
} {
  if (bytes.length < PREFIX_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new FedOpsError(
      'invalid-argument',
      'parameters: expected them to begin with FOPARAMS and a version',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw new FedOpsError('unsupported', `parameters: expected format version ${VERSION}, got ${version}`);
  }
  const signatureBytes = view.getUint32(12, true);
  if (signatureBytes > MAX_SIGNATURE_BYTES) {
    throw new FedOpsError(
      'too-large',
      `parameters: signature of ${signatureBytes} bytes, at most ${MAX_SIGNATURE_BYTES} allowed`,
    );
  }
  return { signatureBytes, dataOffset: aligned(PREFIX_BYTES + signatureBytes) };
}

/**
 * The signature in the first bytes of an encoding.
 *
 * @param bytes At least as many as {@link readPrefix} gives as `dataOffset`.
 * @throws {FedOpsError} as {@link readPrefix}; `invalid-argument` for bytes that end too early and for a signature
 *   that is none, naming the field; `too-large` where it describes more bytes than can be counted.
 */
export function readSignature(bytes: Uint8Array): Signature {
  const { signatureBytes } = readPrefix(bytes);
  if (bytes.length < PREFIX_BYTES + signatureBytes) {
    throw new FedOpsError('invalid-argument', 'parameters: cut off within the signature');
  }
  const signature = parseWith(
    SignatureSchema,
    parseJson(bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + signatureBytes)),
    'signature of parameters',
  );
  if (layoutOf(signature).byteLength > Number.MAX_SAFE_INTEGER - 2 ** 32) {
    throw new FedOpsError('too-large', 'parameters: the signature describes more bytes than can be counted');
  }
  return signature;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FedOpsError('invalid-argument', 'parameters: the signature is not JSON in UTF-8', { cause });
  }
}

/** Typed arrays use the machine's byte order; every platform that Node and browsers run on today is little-endian. */
function assertLittleEndian(): void {
  if (new Uint8Array(new Uint32Array([1]).buffer)[0] !== 1) {
    throw new FedOpsError('unsupported', 'parameters are little-endian; this machine is not');
  }
}
