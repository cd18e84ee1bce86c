import { Readable } from 'node:stream';
import { PARAMETERS_MEDIA_TYPE } from '@fedops/parameters';
import type { ParametersReader } from '@fedops/server';
import { errorBodyOf, FedOpsError, type Sha256 } from '@fedops/shared-types';
import type { Request, Response } from 'express';
import { byteRange } from './byte-range.js';
import { streamAnswer } from './stream-answer.js';

const CHUNK_BYTES = 1024 * 1024;

/**
 * Answers with encoded parameters, whole or the range that was asked for; 304 where the asker has them; 416 for a range
 * beyond their end. The digest is the ETag, so that whoever goes on with a broken download gets the same bytes.
 */
export async function sendParameters(
  request: Request,
  response: Response,
  { digest, open }: { readonly digest: Sha256; readonly open: () => Promise<ParametersReader> },
): Promise<void> {
  const etag = `"${digest}"`;
  response.set({ ETag: etag, 'Accept-Ranges': 'bytes', 'Cache-Control': 'private, no-cache' });
  if (names(request.get('If-None-Match'), etag)) {
    response.status(304).end();
    return;
  }
  const reader = await open();
  try {
    const size = reader.byteLength;
    const isSame = request.get('If-Range') === undefined || request.get('If-Range') === etag;
    const range = byteRange(isSame ? request.get('Range') : undefined, size);
    if (range.kind === 'unsatisfiable') {
      const error = new FedOpsError('invalid-argument', `expected a range within ${size} bytes`);
      response.status(416).set('Content-Range', `bytes */${size}`).json(errorBodyOf(error));
      return;
    }
    const [first, last] = range.kind === 'whole' ? [0, size - 1] : [range.first, range.last];
    if (range.kind === 'part') response.status(206).set('Content-Range', `bytes ${first}-${last}/${size}`);
    response.set({ 'Content-Type': PARAMETERS_MEDIA_TYPE, 'Content-Length': String(last - first + 1) });
    await streamAnswer(Readable.from(chunks(reader, first, last + 1)), response);
  } finally {
    await reader.close();
  }
}

/** Whether a list of entity tags, weak ones among them, names this one: RFC 9110, 13.1.2. */
function names(header: string | undefined, etag: string): boolean {
  const tags = header?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(etag);
}

async function* chunks(reader: ParametersReader, start: number, end: number): AsyncIterable<Uint8Array> {
  for (let offset = start; offset < end; offset += CHUNK_BYTES) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, end - offset));
    await reader.read(offset, chunk);
    yield chunk;
  }
}
