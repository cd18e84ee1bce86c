import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FedOpsError } from '@fedops/shared-types';
import type { Response } from 'express';

/**
 * Ends an answer, whose head is set, with these bytes; to HEAD none of them is read.
 *
 * @throws {FedOpsError} `aborted` where the asker went away, which is no fault of ours; what the source fails with.
 */
export async function streamAnswer(source: Readable, response: Response): Promise<void> {
  if (response.req.method === 'HEAD') {
    source.destroy();
    response.end();
    return;
  }
  try {
    await pipeline(source, response);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw cause;
    throw new FedOpsError('aborted', 'the asker broke off the download', { cause });
  }
}
