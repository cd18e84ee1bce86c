import { FedOpsError } from '@fedops/shared-types';

/** In front of each message: a byte that says whether it is compressed, and its length, big-endian. */
export const PREFIX_BYTES = 5;

/** The longest message that the prefix can announce. */
const MAX_LENGTH = 2 ** 32 - 1;

/** @throws {FedOpsError} `too-large` for a message of 4 GiB or more. */
export function prefixOf(length: number): Buffer {
  if (length > MAX_LENGTH) {
    throw new FedOpsError(
      'too-large',
      `gRPC: a message of ${length} bytes, at most ${MAX_LENGTH} can be sent`,
    );
  }
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(length, 1);
  return prefix;
}

/**
 * The length that a prefix announces.
 *
 * @throws {FedOpsError} `unsupported` for a compressed message, `too-large` for one of more than `maxBytes`.
 */
export function lengthIn(prefix: Buffer, maxBytes: number): number {
  if (prefix[0] !== 0) throw new FedOpsError('unsupported', 'gRPC: compressed messages are not supported');
  const length = prefix.readUInt32BE(1);
  if (length > maxBytes) {
    throw new FedOpsError('too-large', `gRPC: a message of ${length} bytes, at most ${maxBytes} are taken`);
  }
  return length;
}
