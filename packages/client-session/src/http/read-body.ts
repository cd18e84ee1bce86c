import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { FedOpsError, type ParametersRef } from '@fedops/shared-types';

/**
 * The JSON of an answer, undefined where it is none.
 *
 * @throws {FedOpsError} `bad-response` over so many bytes.
 */
export async function readJson(response: IncomingMessage, maxBytes: number, what: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new FedOpsError('bad-response', `${what}: the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

/**
 * A body of exactly the length and SHA-256 of the reference, in a buffer of its own.
 *
 * @throws {FedOpsError} `bad-response` where it has another length or digest.
 */
export async function readExactly(
  response: IncomingMessage,
  { byteLength, digest }: ParametersRef,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const announced = response.headers['content-length'];
  if (announced !== undefined && announced !== String(byteLength)) {
    throw new FedOpsError(
      'bad-response',
      `${what}: expected ${byteLength} bytes, ${announced} are announced`,
    );
  }
  const bytes = allocate(byteLength, what);
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (length + chunk.length > byteLength) {
      throw new FedOpsError('bad-response', `${what}: expected ${byteLength} bytes, more came`);
    }
    bytes.set(chunk, length);
    hash.update(chunk);
    length += chunk.length;
  }
  if (length !== byteLength) {
    throw new FedOpsError('bad-response', `${what}: expected ${byteLength} bytes, got ${length}`);
  }
  if (hash.digest('hex') !== digest) {
    throw new FedOpsError('bad-response', `${what}: the bytes have another SHA-256`);
  }
  return bytes;
}

function allocate(byteLength: number, what: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    throw new FedOpsError('too-large', `${what}: no memory for ${byteLength} bytes`, { cause });
  }
}
