import { FedOpsError } from '@fedops/shared-types';
import { descrOf, type NpyDtype, parseDescr } from './npy-dtype.js';
import { type LiteralValue, parseDictLiteral } from './python-literal.js';

/** Order of the elements: the last index fastest (`c`), or the first (`fortran`). */
export type ElementOrder = 'c' | 'fortran';

/** What the header of an NPY file says. */
export interface NpyHeader {
  readonly dtype: NpyDtype;
  readonly byteOrder: 'little' | 'big';
  readonly order: ElementOrder;
  readonly shape: readonly number[];
  /** Where the elements begin, in bytes. */
  readonly dataOffset: number;
}

const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** NumPy's own limit. */
const MAX_HEADER_BYTES = 10_000;

/** As many dimensions as a tensor of ours may have. */
const MAX_RANK = 32;

/** Room that NumPy leaves for the axis along which a file may grow. */
const GROWTH_DIGITS = 21;

const ALIGNMENT = 64;

/**
 * The bytes in front of the elements, as NumPy writes them (format 1.0).
 *
 * @see NumPy, `numpy.lib.format`, "Format Version 1.0"
 */
export function encodeNpyHeader(
  dtype: NpyDtype,
  shape: readonly number[],
  order: ElementOrder,
): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const isFortran = order === 'fortran' ? 'True' : 'False';
  let text = `{'descr': '${descrOf(dtype)}', 'fortran_order': ${isFortran}, 'shape': ${tuple}, }`;
  const growing = order === 'fortran' ? shape.at(-1) : shape[0];
  if (growing !== undefined) text += ' '.repeat(Math.max(0, GROWTH_DIGITS - String(growing).length));
  text += ' '.repeat(ALIGNMENT - ((MAGIC.length + 4 + text.length + 1) % ALIGNMENT));
  text += '\n';

  const bytes = new Uint8Array(MAGIC.length + 4 + text.length);
  bytes.set(MAGIC);
  bytes.set([1, 0, text.length & 0xff, text.length >> 8], MAGIC.length);
  bytes.set(new TextEncoder().encode(text), MAGIC.length + 4);
  return bytes;
}

/**
 * Reads the header of an NPY file of format 1.0, 2.0 or 3.0.
 *
 * @throws {FedOpsError} `invalid-argument` for other bytes, `unsupported` for another format or element type,
 *   `too-large` for a header beyond NumPy's limit of 10,000 bytes.
 */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) throw malformed('expected the magic of an NPY file');
  const { textOffset, textLength } = readLengths(bytes);
  if (textLength > MAX_HEADER_BYTES) {
    throw new FedOpsError(
      'too-large',
      `NPY: header of ${textLength} bytes, at most ${MAX_HEADER_BYTES} allowed`,
    );
  }
  const dataOffset = textOffset + textLength;
  if (bytes.length < dataOffset) throw malformed('cut off within its header');
  const text = new TextDecoder('latin1').decode(bytes.subarray(textOffset, dataOffset));
  const fields = parseDictLiteral(text);
  if (fields === undefined || fields.size !== 3) {
    throw malformed('expected a header with descr, fortran_order and shape');
  }
  return { ...readFields(fields), dataOffset };
}

function readLengths(bytes: Uint8Array): { readonly textOffset: number; readonly textLength: number } {
  const [major, minor] = [bytes[6], bytes[7]];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (minor === 0 && major === 1 && bytes.length >= 10) {
    return { textOffset: 10, textLength: view.getUint16(8, true) };
  }
  if (minor === 0 && (major === 2 || major === 3) && bytes.length >= 12) {
    return { textOffset: 12, textLength: view.getUint32(8, true) };
  }
  if (bytes.length < 12) throw malformed('cut off within its header');
  throw new FedOpsError('unsupported', `NPY: expected format 1.0, 2.0 or 3.0, got ${major}.${minor}`);
}

function readFields(fields: ReadonlyMap<string, LiteralValue>): Omit<NpyHeader, 'dataOffset'> {
  const [descr, isFortran, shape] = ['descr', 'fortran_order', 'shape'].map((name) => fields.get(name));
  if (typeof descr !== 'string') {
    throw new FedOpsError('unsupported', 'NPY: structured elements are not supported');
  }
  const element = parseDescr(descr);
  if (element === undefined)
    throw new FedOpsError('unsupported', `NPY: elements of type ${descr.slice(0, 40)} are not supported`);
  if (typeof isFortran !== 'boolean') throw malformed('expected fortran_order to be True or False');
  if (!Array.isArray(shape)) throw malformed('expected shape to be a tuple');
  const dimensions = shape as readonly number[];
  if (dimensions.length > MAX_RANK) {
    throw new FedOpsError('unsupported', `NPY: ${dimensions.length} dimensions, at most ${MAX_RANK} allowed`);
  }
  return { ...element, order: isFortran ? 'fortran' : 'c', shape: dimensions };
}

function malformed(problem: string): FedOpsError {
  return new FedOpsError('invalid-argument', `NPY: ${problem}`);
}
