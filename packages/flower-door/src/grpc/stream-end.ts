import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { GrpcStatus } from './status-of-error.js';

/** What a stream that is served begins with. */
export function answerHeaders(): OutgoingHttpHeaders {
  return {
    ':status': 200,
    'content-type': 'application/grpc',
    'grpc-accept-encoding': 'identity',
  };
}

/**
 * Ends a stream with a status: behind the messages that were sent, or alone. What the client still sends is not read;
 * what was said is, before the stream is gone.
 */
export function endStream(http2: ServerHttp2Stream, { code, details }: GrpcStatus): void {
  if (http2.destroyed || http2.closed) return;
  const status = { 'grpc-status': code, ...(details !== '' && { 'grpc-message': encoded(details) }) };
  if (http2.headersSent) {
    http2.once('wantTrailers', () => {
      http2.sendTrailers(status);
      letGo(http2);
    });
    http2.end();
  } else {
    http2.respond({ ...answerHeaders(), ...status }, { endStream: true });
    letGo(http2);
  }
}

/** Tells a client that still sends that nobody listens: HTTP/2 calls it no error once the answer is whole. */
function letGo(http2: ServerHttp2Stream): void {
  http2.resume();
  setImmediate(() => http2.close(constants.NGHTTP2_NO_ERROR));
}

/** Printable ASCII but the percent sign stands for itself. */
function encoded(text: string): string {
  let result = '';
  for (const byte of Buffer.from(text)) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    result += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return result;
}
