import { FedOpsError } from '@fedops/shared-types';

/** Of unsigned bytes: two zeros, 0x08, the number of dimensions. */
const HEAD_BYTES = 4;

/**
 * The elements of an IDX file of unsigned bytes.
 *
 * @param shape What the file must hold.
 * @throws {FedOpsError} `bad-response` for a file of another kind or shape.
 * @see http://yann.lecun.com/exdb/mnist/
 */
export function readIdx(file: Uint8Array, shape: readonly number[]): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const dataAt = HEAD_BYTES * (1 + shape.length);
  const length = shape.reduce((product, size) => product * size, 1);
  const isIt =
    file.length === dataAt + length &&
    view.getUint32(0) === 0x0800 + shape.length &&
    shape.every((size, i) => view.getUint32(HEAD_BYTES * (1 + i)) === size);
  if (!isIt) throw new FedOpsError('bad-response', `expected an IDX file of [${shape.join(', ')}] bytes`);
  return file.subarray(dataAt);
}
