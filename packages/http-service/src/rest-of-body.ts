import type { IncomingMessage, ServerResponse } from 'node:http';

/** So much of a body is read on after its answer, so that its connection can carry the next request. */
const SMALL_REST_BYTES = 64 * 1024;
/**
 * A connection that ends is read on so much for so long, for the answer to reach its sender: a reset on the heels of
 * the answer would take it away again. The bytes are what is under way on a fast line when the answer comes.
 */
const LINGER = { bytes: 4 * 1024 * 1024, ms: 3_000 };

/** Whether the connection can go on after an answer now: the body was read, or what it may still bring is little. */
export function isRestSmall({ complete, headers }: IncomingMessage): boolean {
  if (complete) return true;
  // Who asked whether to send may send nothing now, or send all of it.
  if (headers.expect !== undefined || headers['transfer-encoding'] !== undefined) return false;
  return Number(headers['content-length'] ?? 0) <= SMALL_REST_BYTES;
}

/**
 * Reads on as {@link LINGER} allows, and throws the bytes away.
 *
 * @param over Called once: when the body has ended, the connection broke, or the time is over.
 */
export function readRest(request: IncomingMessage, over: () => void): void {
  let left = LINGER.bytes;
  const timer = setTimeout(end, LINGER.ms);
  function take({ length }: Uint8Array): void {
    left -= length;
    if (left < 0) request.pause();
  }
  function end(): void {
    clearTimeout(timer);
    request.off('data', take).off('end', end).off('close', end);
    over();
  }
  if (request.readableEnded || request.destroyed) end();
  else
    request
      .on('data', take)
      .on('end', end)
      .on('close', end)
      .on('error', () => {})
      .resume();
}

/**
 * Bounds what is read of a body behind an answer that nobody knew to come early, as of a GET with a body: Node reads
 * all of it.
 */
export function boundRest(request: IncomingMessage, response: ServerResponse): void {
  if (isRestSmall(request)) return;
  response.once('prefinish', () => {
    if (request.complete || request.destroyed) return;
    // Once the answer is out Node would take the body for one that nobody wants, and show none of it.
    request.read(0);
    readRest(request, () => {
      if (!request.complete) request.socket.destroy();
    });
  });
}
