import { FedOpsError } from '@fedops/shared-types';
import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { FlowerStream } from '../client/flower-stream.js';
import { statusOfError } from './status-of-error.js';

/** A call of `Join` as it comes from grpc-js: messages are bytes still. */
export type JoinCall = ServerDuplexStream<Buffer, Buffer>;

/** One client's stream over gRPC. */
export function createGrpcStream(call: JoinCall): FlowerStream {
  const over = new AbortController();
  let asked: { readonly answer: (message: Uint8Array) => void } | undefined;
  /** A client that closes its side still waits for the end of ours. */
  let isEnded = false;

  function close(reason: FedOpsError): void {
    if (!over.signal.aborted) over.abort(reason);
  }

  /** Ends the stream in the client's eyes, too. */
  function abort(reason: FedOpsError): void {
    close(reason);
    if (isEnded) return;
    isEnded = true;
    call.emit('error', statusOfError(reason));
  }

  function breakOff(): void {
    isEnded = true;
    close(new FedOpsError('unavailable', 'the stream of the client broke'));
  }

  call.on('data', (message: Buffer) => {
    if (asked === undefined) {
      abort(
        new FedOpsError('invalid-argument', 'expected one message in answer to each of the server, got more'),
      );
      return;
    }
    const { answer } = asked;
    asked = undefined;
    answer(message);
  });
  call.on('end', () => close(new FedOpsError('unavailable', 'the client closed its stream')));
  call.on('cancelled', breakOff);
  call.on('close', breakOff);

  return {
    peer: call.getPeer(),
    claimedId: claimedIdOf(call),
    over: over.signal,
    send: (message) =>
      untilOver(over.signal, (resolve) => {
        // The callback comes when the bytes have left this process.
        call.write(Buffer.from(message.buffer, message.byteOffset, message.byteLength), resolve);
      }),
    receive: () =>
      untilOver(over.signal, (resolve) => {
        asked = { answer: resolve };
      }),
    abort,
    end() {
      close(new FedOpsError('aborted', 'the server ended the stream'));
      if (isEnded) return;
      isEnded = true;
      call.end();
    },
  };
}

/** Metadata that may name a client; Flower's own clients send none. */
const ID_KEYS = ['fedops-client-id-bin', 'fedops-client-id', 'cid', 'node-id', 'node_id'];

function claimedIdOf(call: JoinCall): string | undefined {
  for (const key of ID_KEYS) {
    const [value] = call.metadata.get(key);
    const name = value?.toString();
    if (name !== undefined && name !== '') return name;
  }
  return undefined;
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
