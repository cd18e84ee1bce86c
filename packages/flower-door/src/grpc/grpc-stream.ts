import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { FedOpsError } from '@fedops/shared-types';
import type { FlowerStream, ReceivedMessage } from '../client/flower-stream.js';
import { claimedIdIn } from './claimed-id.js';
import { prefixOf } from './frame.js';
import type { MessageMemory } from './message-memory.js';
import { readMessages } from './message-reader.js';
import { type GrpcStatus, OK, statusOfError } from './status-of-error.js';
import { answerHeaders, endStream } from './stream-end.js';

/** How long a message may be, in bytes, and the memory that all streams share. */
export interface GrpcStreamSettings {
  readonly maxMessageBytes: number;
  readonly memory: MessageMemory;
}

/** One client's stream over gRPC. See gRPC, "gRPC over HTTP2". */
export function createGrpcStream(
  http2: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { maxMessageBytes, memory }: GrpcStreamSettings,
): FlowerStream {
  const over = new AbortController();
  let asked: { readonly answer: (message: ReceivedMessage) => void } | undefined;
  /** A client that closes its side still waits for the end of ours. */
  let isEnded = false;

  function close(reason: FedOpsError): void {
    if (!over.signal.aborted) over.abort(reason);
  }

  function end(status: GrpcStatus): void {
    if (isEnded) return;
    isEnded = true;
    endStream(http2, status);
  }

  function breakOff(): void {
    isEnded = true;
    close(new FedOpsError('unavailable', 'the stream of the client broke'));
  }

  /** Ends the stream in the client's eyes, too. */
  function abort(reason: FedOpsError): void {
    close(reason);
    end(statusOfError(reason));
  }

  readMessages(
    {
      source: http2,
      memory,
      over: over.signal,
      begin() {
        if (asked !== undefined) return;
        throw new FedOpsError(
          'invalid-argument',
          'expected one message in answer to each of the server, got more',
        );
      },
      finish(message) {
        const answer = asked?.answer;
        asked = undefined;
        if (answer === undefined) message.release();
        else answer(message);
      },
      fail: abort,
    },
    maxMessageBytes,
  );
  http2.on('end', () => close(new FedOpsError('unavailable', 'the client closed its stream')));
  http2.on('aborted', breakOff);
  http2.on('error', breakOff);
  http2.on('close', breakOff);

  const { remoteAddress, remotePort } = http2.session?.socket ?? {};
  return {
    peer: `${remoteAddress}:${remotePort}`,
    claimedId: claimedIdIn(headers),
    over: over.signal,
    send: (message) =>
      untilOver(over.signal, (resolve) => {
        if (!http2.headersSent) http2.respond(answerHeaders(), { waitForTrailers: true });
        http2.write(prefixOf(message.length));
        // The callback comes when the bytes have left this process.
        http2.write(message, resolve);
      }),
    receive: () =>
      untilOver(over.signal, (resolve) => {
        asked = { answer: resolve };
      }),
    abort,
    end() {
      close(new FedOpsError('aborted', 'the server ended the stream'));
      end(OK);
    },
  };
}

function untilOver<T>(over: AbortSignal, begin: (resolve: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(over.reason);
    if (over.aborted) return fail();
    over.addEventListener('abort', fail, { once: true });
    begin((value) => {
      over.removeEventListener('abort', fail);
      resolve(value);
    });
  });
}
