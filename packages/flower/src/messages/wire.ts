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
  return countEach(bytes, allowed, (number, part, left) => {
    const field = fields.find((candidate) => candidate.number === number);
    if (field?.fieldKind === 'message') return countFields(field.message, part, left);
    if (field?.fieldKind === 'map') return countEntry(field.message, part, left);
    return left;
  });
}

/** Counts in an entry of a map, which is a message of a key and a value. */
function countEntry(value: DescMessage | undefined, bytes: Uint8Array, allowed: number): number {
  return countEach(bytes, allowed, (number, part, left) =>
    value !== undefined && number === VALUE_OF_ENTRY ? countFields(value, part, left) : left,
  );
}

/** @see https://protobuf.dev/programming-guides/proto3/#backwards */
const VALUE_OF_ENTRY = 2;

/** Counts every field, and what `within` counts in each that has a length. */
function countEach(
  bytes: Uint8Array,
  allowed: number,
  within: (number: number, part: Uint8Array, left: number) => number,
): number {
  let left = allowed;
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    if (--left < 0) {
      throw new FedOpsError('too-large', `Flower message: more than ${MAX_FIELDS} fields`);
    }
    const [number, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) left = within(number, reader.bytes(), left);
    else reader.skip(wireType, number);
  }
  return left;
}
