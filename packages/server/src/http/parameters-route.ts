import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PARAMETERS_MEDIA_TYPE } from '@fedops/parameters';
import type { Request, Response } from 'express';
import { assertDigest, chunksOf, type ParametersFiles } from './parameters-files.js';

/** Longer than this without a byte taken, and a download is over: it keeps a model in memory. */
const STALLED_AFTER_MS = 60_000;

/** `GET /v1/parameters/{digest}`: immutable bytes, so that any cache on the way may keep them. */
export function parametersRoute(files: ParametersFiles, stalledAfterMs = STALLED_AFTER_MS) {
  return async (request: Request, response: Response): Promise<void> => {
    const digest = assertDigest(request.params.digest?.toString());
    const etag = `"${digest}"`;
    response.set({ ETag: etag, 'Cache-Control': 'private, max-age=31536000, immutable' });
    if (request.get('If-None-Match')?.includes(etag)) {
      response.status(304).end();
      return;
    }
    const served = await files.serve(digest);
    const byteLength = served.kind === 'buffer' ? served.bytes.length : served.reader.byteLength;
    response.set({ 'Content-Type': PARAMETERS_MEDIA_TYPE, 'Content-Length': String(byteLength) });
    response.setTimeout(stalledAfterMs, () => response.destroy());
    if (request.method === 'HEAD') {
      if (served.kind === 'buffer') served.release();
      else await served.reader.close();
      response.end();
      return;
    }
    if (served.kind === 'buffer') {
      // A client that went while the model was read: nothing tells of its end any more.
      if (response.destroyed) served.release();
      response.once('close', served.release).end(served.bytes);
      return;
    }
    try {
      await pipeline(Readable.from(chunksOf(served.reader)), response);
    } finally {
      await served.reader.close();
    }
  };
}
