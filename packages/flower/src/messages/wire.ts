import { type DescMessage, fromBinary, type MessageShape, toBinary } from '@bufbuild/protobuf';
import { FedOpsError } from '@fedops/shared-types';
import { countFields } from './count-fields.js';

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
 * @throws {FedOpsError} `invalid-argument` for bytes that are no such message, `too-large` for one of more fields
 *   than 4,096 and one for each 32 bytes.
 */
export function decode<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    countFields(schema, bytes);
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (cause) {
    if (FedOpsError.is(cause)) throw cause;
    throw new FedOpsError('invalid-argument', `Flower message: ${FedOpsError.from(cause).message}`, {
      cause,
    });
  }
}
