import type { Readable } from 'node:stream';
import { FedOpsError } from '@fedops/shared-types';
import type { ByteBudget } from '../byte-budget.js';
import type { ReceivedMessage } from '../client/flower-stream.js';
import { lengthIn, PREFIX_BYTES } from './frame.js';

export interface MessageReaderParts {
  /** The bytes of one stream. */
  readonly source: Readable;
  /** Memory for messages: the stream is not read on until there is room for the one that it announces. */
  readonly room: ByteBudget;
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
  | { readonly phase: 'message'; readonly bytes: Buffer; readonly release: () => void; filled: number }
  | { readonly phase: 'over' };

/** Puts together the messages of a stream, each in memory of its own that is let go when its reader says so. */
export function readMessages(
  { source, room, over, begin, finish, fail }: MessageReaderParts,
  maxMessageBytes: number,
): void {
  let reading: Reading = nextPrefix();

  function stop(): void {
    if (reading.phase === 'message') reading.release();
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
          if (reading.filled === reading.bytes.length) deliver(reading);
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
    const release = room.takeNow(length);
    if (release !== undefined) {
      gather(length, release);
      return;
    }
    reading = { phase: 'waiting', rest: Buffer.alloc(0) };
    source.pause();
    room.take(length, over).then(
      (later) => goOn(length, later),
      // The stream is over, and says why itself.
      () => undefined,
    );
  }

  function goOn(length: number, release: () => void): void {
    if (reading.phase !== 'waiting') {
      release();
      return;
    }
    const { rest } = reading;
    gather(length, release);
    read(rest);
    source.resume();
  }

  function gather(length: number, release: () => void): void {
    const message = { phase: 'message', bytes: Buffer.allocUnsafeSlow(length), release, filled: 0 } as const;
    reading = message;
    if (length === 0) deliver(message);
  }

  function deliver({ bytes, release }: Extract<Reading, { phase: 'message' }>): void {
    reading = nextPrefix();
    finish({ bytes, release });
  }
}

function nextPrefix(): Reading {
  return { phase: 'prefix', bytes: Buffer.alloc(PREFIX_BYTES), filled: 0 };
}

/** Copies what belongs there; returns what is left. */
function fill(target: { readonly bytes: Buffer; filled: number }, from: Buffer): Buffer {
  const count = from.copy(target.bytes, target.filled);
  target.filled += count;
  return from.subarray(count);
}
