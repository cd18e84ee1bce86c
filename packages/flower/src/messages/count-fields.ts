import { type DescField, type DescMessage, ScalarType } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { FedOpsError } from '@fedops/shared-types';

/** Enough for about a thousand scalars beside the tensors: four fields make one. */
const FIELDS_OF_ANY_MESSAGE = 4_096;

/** A field is two bytes on the wire at least, and a hundred in memory; the shortest NPY file is longer than this. */
const BYTES_PER_FIELD = 32;

/** How many fields a message of so many bytes may have. */
export function maxFieldsOf(byteLength: number): number {
  return FIELDS_OF_ANY_MESSAGE + Math.floor(byteLength / BYTES_PER_FIELD);
}

/**
 * Counts the fields of a message before any becomes an object. Fields that generated code would read as something
 * else than they say are refused, since it would see others than are counted.
 *
 * @returns How many fields there are.
 * @throws {FedOpsError} `too-large` for more than {@link maxFieldsOf} allows; `invalid-argument` for a known field
 *   of another wire type, for an unknown one in an entry of a map, and for an entry named `__proto__`, which generated
 *   code loses.
 * @throws {Error} What the reader throws for bytes that are no message.
 */
export function countFields(schema: DescMessage, bytes: Uint8Array): number {
  const most = maxFieldsOf(bytes.length);
  let count = 0;

  function eachIn(part: Uint8Array, take: (reader: BinaryReader, number: number, type: WireType) => void) {
    const reader = new BinaryReader(part);
    while (reader.pos < reader.len) {
      if (++count > most) {
        throw new FedOpsError('too-large', `Flower message: more than ${most} fields`);
      }
      const [number, type] = reader.tag();
      take(reader, number, type);
    }
  }

  function countMessage({ fields }: DescMessage, part: Uint8Array): void {
    eachIn(part, (reader, number, type) => {
      const field = fields.find((candidate) => candidate.number === number);
      if (field === undefined) {
        reader.skip(type, number);
        return;
      }
      assertWireType(type, wireTypeOf(field), number);
      if (field.fieldKind === 'message') countMessage(field.message, reader.bytes());
      else if (field.fieldKind === 'map') countEntry(field.message, reader.bytes());
      else reader.skip(type, number);
    });
  }

  /** An entry of a map is a message of a key and a value. */
  function countEntry(value: DescMessage | undefined, part: Uint8Array): void {
    eachIn(part, (reader, number, type) => {
      assertWireType(type, WireType.LengthDelimited, number);
      if (number === KEY_OF_ENTRY) assertKept(reader.bytes());
      else if (number === VALUE_OF_ENTRY && value !== undefined) countMessage(value, reader.bytes());
      else throw new FedOpsError('invalid-argument', `Flower message: field ${number} in an entry of a map`);
    });
  }

  countMessage(schema, bytes);
  return count;
}

/** @see https://protobuf.dev/programming-guides/proto3/#backwards */
const KEY_OF_ENTRY = 1;
const VALUE_OF_ENTRY = 2;

/** The name that no property of an object can have in generated code. */
export const LOST_NAME = '__proto__';

function assertKept(key: Uint8Array): void {
  if (key.length === LOST_NAME.length && new TextDecoder().decode(key) === LOST_NAME) {
    throw new FedOpsError('invalid-argument', `Flower message: a scalar may not be named ${LOST_NAME}`);
  }
}

function assertWireType(type: WireType, expected: WireType, number: number): void {
  if (type === expected) return;
  throw new FedOpsError(
    'invalid-argument',
    `Flower message: expected wire type ${expected} of field ${number}, got ${type}`,
  );
}

/** For the types that Flower's messages have. */
function wireTypeOf(field: DescField): WireType {
  if (field.fieldKind === 'enum') return WireType.Varint;
  if (field.fieldKind !== 'scalar') return WireType.LengthDelimited;
  switch (field.scalar) {
    case ScalarType.DOUBLE:
      return WireType.Bit64;
    case ScalarType.FLOAT:
      return WireType.Bit32;
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    default:
      return WireType.Varint;
  }
}
