import type { Readable } from 'node:stream';
import { FedOpsError } from '@fedops/shared-types';
import type { ReceivedMessage } from '../client/flower-stream.js';
import { lengthIn, PREFIX_BYTES } from './frame.js';
import type { MessageMemory } from './message-memory.js';

export interface MessageReaderParts {
  /** The bytes of one stream. */
  readonly source: Readable;
  /** The stream is not read on until there is room for the message that it announces. */
  readonly memory: MessageMemory;
  /** Aborts when the stream is over. */
  readonly over: AbortSignal;
  /** Asked when a message is announced, before there is memory for it. @throws what the stream ends with. */
  readonly begin: () => void;
  readonly finish: (message: ReceivedMessage) => void;
  readonly fail: (error: FedOpsError) => void;
}

type Reading =
  | { readonly phase: 'prefix'; readonly bytes: Buffer; filled: number }
  | { readonly phase: 'waiting'; rest: Buffer }
  | {
      readonly phase: 'message';
      readonly message: ReceivedMessage;
      readonly bytes: Uint8Array;
      filled: number;
    }
  | { readonly phase: 'over' };

/** Puts together the messages of a stream, each in memory of its own that is let go when its reader says so. */
export function readMessages(
  { source, memory, over, begin, finish, fail }: MessageReaderParts,
  maxMessageBytes: number,
): void {
  let reading: Reading = nextPrefix();

  function stop(): void {
    if (reading.phase === 'message') reading.message.release();
    reading = { phase: 'over' };
  }
  over.addEventListener('abort', stop, { once: true });

  source.on('data', read);

  function read(chunk: Buffer): void {
    try {
      take(chunk);
    } catch (error) {
      stop();
      fail(FedOpsError.from(error));
    }
  }

  function take(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      switch (reading.phase) {
        case 'prefix':
          rest = fill(reading, rest);
          if (reading.filled === PREFIX_BYTES) announce(lengthIn(reading.bytes, maxMessageBytes));
          break;
        case 'message':
          rest = fill(reading, rest);
          if (reading.filled === reading.bytes.length) deliver(reading.message);
          break;
        case 'waiting':
          reading.rest = reading.rest.length === 0 ? rest : Buffer.concat([reading.rest, rest]);
          return;
        case 'over':
          return;
      }
    }
  }

  function announce(length: number): void {
    begin();
    const message = memory.takeNow(length);
    if (message !== undefined) {
      gather(message);
      return;
    }
    reading = { phase: 'waiting', rest: Buffer.alloc(0) };
    source.pause();
    // Where the stream is over before, it says why itself.
    memory.take(length, over).then(goOn, () => undefined);
  }

  function goOn(message: ReceivedMessage): void {
    if (reading.phase !== 'waiting') {
      message.release();
      return;
    }
    const { rest } = reading;
    gather(message);
    read(rest);
    source.resume();
  }

  function gather(message: ReceivedMessage): void {
    const { bytes } = message;
    reading = { phase: 'message', message, bytes, filled: 0 };
    if (bytes.length === 0) deliver(message);
  }

  function deliver(message: ReceivedMessage): void {
    reading = nextPrefix();
    finish(message);
  }
}

function nextPrefix(): Reading {
  return { phase: 'prefix', bytes: Buffer.alloc(PREFIX_BYTES), filled: 0 };
}

/** Copies what belongs there; returns what is left. */
function fill(target: { readonly bytes: Uint8Array; filled: number }, from: Buffer): Buffer {
  const count = from.copy(target.bytes, target.filled);
  target.filled += count;
  return from.subarray(count);
}
