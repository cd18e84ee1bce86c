import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { FedOpsError } from '@fedops/shared-types';

/**
 * More fields than any message has: 100,000 tensors are the most that a signature of ours may have. A field may be
 * two bytes on the wire and a hundred in memory, so they are counted before they are read.
 */
const MAX_FIELDS = 150_000;

/** @throws {FedOpsError} `invalid-argument` for a value that the wire cannot carry. */
export function encode<D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array<ArrayBuffer> {
  try {
    return toBinary(schema, message);
  } catch (cause) {
    throw new FedOpsError('invalid-argument', `Flower message: ${FedOpsError.from(cause).message}`, {
      cause,
    });
  }
}

/**
 * The message in these bytes; fields of bytes are views of them.
 *
 * @throws {FedOpsError} `invalid-argument` for bytes that are no such message, `too-large` for one of more than
 *   150,000 fields.
 */
export function decode<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    countFields(schema, bytes, MAX_FIELDS);
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (cause) {
    if (FedOpsError.is(cause)) throw cause;
    throw new FedOpsError('invalid-argument', `Flower message: ${FedOpsError.from(cause).message}`, {
      cause,
    });
  }
}

/** @returns How many more fields are allowed. */
function countFields({ fields }: DescMessage, bytes: Uint8Array, allowed: number): number {
  let left = allowed;
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    if (--left < 0) {
      throw new FedOpsError('too-large', `Flower message: more than ${MAX_FIELDS} fields`);
    }
    const [number, wireType] = reader.tag();
    const field = fields.find((candidate) => candidate.number === number);
    if (field?.fieldKind === 'message' && wireType === WireType.LengthDelimited) {
      left = countFields(field.message, reader.bytes(), left);
    } else {
      reader.skip(wireType, number);
    }
  }
  return left;
}
