import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorOfAnswer } from '@fedops/shared-types';
import type { Response } from 'express';
import { askServer, jsonOf, type ServerCredentials } from '../ask-server.js';

export interface EventSource {
  /** Of the FL server. */
  readonly url: string;
  readonly credentials: ServerCredentials;
  /** The last event that the reader has. */
  readonly after: string | undefined;
  /** Ends the stream. */
  readonly signal: AbortSignal;
}

/** Of an answer that is a stream of events. */
export const EVENT_STREAM_HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
} as const;

/** For the FL server to begin the stream. */
const BEGINS_WITHIN_MS = 10_000;

/**
 * Passes an FL server's stream of events on as it comes, keep-alives too, until either side ends it: docs/protocol.md 1.8.
 * No more is read than the reader takes.
 *
 * @throws {FedOpsError} before the stream begins: what the FL server refuses it with, or `unavailable`.
 */
export async function passOnEvents(response: Response, source: EventSource): Promise<void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  response.once('close', end);
  source.signal.addEventListener('abort', end);
  try {
    const answer = await begun(source, ending);
    response.status(200).set(EVENT_STREAM_HEADERS);
    response.flushHeaders();
    // A reader connects again, and goes on after the last event that it has.
    await pipeline(Readable.from(answer), response).catch(() => response.destroy());
  } finally {
    response.off('close', end);
    source.signal.removeEventListener('abort', end);
  }
}

async function begun(
  { url, credentials, after }: EventSource,
  ending: AbortController,
): Promise<AsyncIterable<Uint8Array>> {
  const limit = setTimeout(() => ending.abort(), BEGINS_WITHIN_MS);
  try {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`;
    const path = `/v1/run/events${query}`;
    const question = { url, path, accept: 'text/event-stream', signal: ending.signal };
    const answer = await askServer(question, credentials);
    const { statusCode: status = 0 } = answer;
    if (status >= 200 && status < 300) return answer;
    throw errorOfAnswer(status, await jsonOf(answer).catch(() => undefined), 'the FL server');
  } finally {
    clearTimeout(limit);
  }
}
