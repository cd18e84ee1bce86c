import { createHash } from 'node:crypto';
import {
  type ClientId,
  FedOpsError,
  type Sha256,
  type Signature,
  type UpdateHeader,
} from '@fedops/shared-types';
import type { ReceivedUpdate } from '../run/run-state.js';
import type { Spool, SpooledUpload } from './spool.js';
import { createUpdateInspector } from './update-inspector.js';

/** An update as its request announces it. */
export interface AnnouncedUpdate {
  readonly clientId: ClientId;
  readonly header: UpdateHeader;
  /** Bytes of the body. */
  readonly contentLength: number;
  /** SHA-256 of the body, in hexadecimal. Undefined where nobody says one: then that of the bytes that came counts. */
  readonly digest: Sha256 | undefined;
  /** A piece is good until the next is asked for. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** An update whose bytes lie in the spool, checked, and not yet anybody's. */
export interface SpooledUpdate {
  readonly received: Omit<ReceivedUpdate, 'slot'>;
  readonly upload: SpooledUpload;
}

/**
 * Streams an update into the spool, looking at every byte on the way; memory is a chunk's, whatever its size.
 * A body that is refused leaves no trace.
 *
 * @throws {FedOpsError} as the inspector does, `invalid-argument` where the length or the digest is another
 *   than announced, `aborted` where the connection breaks, `storage` where the disk is full.
 */
export async function receiveUpdate(
  spool: Pick<Spool, 'begin'>,
  signature: Signature,
  { clientId, header, contentLength, digest, body }: AnnouncedUpdate,
): Promise<SpooledUpdate> {
  const inspector = createUpdateInspector(signature);
  const hash = createHash('sha256');
  const upload = await spool.begin();
  try {
    let length = 0;
    for await (const chunk of body) {
      inspector.push(chunk);
      hash.update(chunk);
      length += chunk.length;
      await upload.append(chunk);
    }
    if (length !== contentLength) {
      throw new FedOpsError(
        'aborted',
        `update: expected ${contentLength} bytes, the connection ended after ${length}`,
      );
    }
    const actual = hash.digest('hex');
    if (digest !== undefined && actual !== digest) {
      throw new FedOpsError(
        'invalid-argument',
        `update: expected the SHA-256 of Content-Digest ${digest}, got ${actual}`,
        {
          details: { damaged: true },
        },
      );
    }
    const { l2Norm } = inspector.finish();
    return { received: { clientId, ...header, digest: actual, l2Norm }, upload };
  } catch (error) {
    await upload.discard();
    throw error;
  }
}
