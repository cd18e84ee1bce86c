import type { Readable } from 'node:stream';
import { FedOpsError } from '@fedops/shared-types';
import { freeMemoryOf } from './free-memory-of.js';
import { createPieceBuffers, type PieceBuffers } from './piece-buffers.js';
import type { UploadPace } from './upload-pace.js';

const SHARED = createPieceBuffers();

/** What a body is read with. */
export interface PiecesParts {
  /** Shared by all uploads of the process where not given. */
  readonly buffers?: PieceBuffers;
  readonly paceOf?: (onTooSlow: (error: FedOpsError) => void) => UploadPace;
}

/**
 * A request's body in pieces, each as large as bytes are at hand. A piece is good until the next is asked for: its
 * memory is used again. A connection that breaks is `aborted`. When the reader stops early, nothing more is read: who
 * answers says what becomes of the rest.
 *
 * @param paceOf Watches how quickly the body comes; what it is called with when that is too slow, is thrown here.
 */
export async function* piecesOf(
  request: Readable,
  { buffers = SHARED, paceOf }: PiecesParts = {},
): AsyncGenerator<Uint8Array> {
  /** Chunks for which there is no room yet; with the request paused, seldom more than one. */
  const arrived: Uint8Array[] = [];
  let buffer: Uint8Array | undefined;
  let filled = 0;
  let isDue = false;
  let end = 'open' as 'open' | 'whole' | 'broken';
  let tooSlow: FedOpsError | undefined;
  let wake = (): void => {};
  const pace = paceOf?.((error) => {
    tooSlow = error;
    wake();
  });

  function yieldIt(): void {
    isDue = true;
    request.pause();
    wake();
  }

  function fill(into: Uint8Array): void {
    while (arrived.length > 0 && filled < into.length) {
      const chunk = arrived.shift()!;
      const room = into.length - filled;
      into.set(chunk.length <= room ? chunk : chunk.subarray(0, room), filled);
      filled += Math.min(chunk.length, room);
      if (chunk.length <= room) freeMemoryOf(chunk);
      else arrived.unshift(chunk.subarray(room));
    }
    if (filled === into.length) yieldIt();
  }

  function onData(chunk: Uint8Array): void {
    arrived.push(chunk);
    pace?.took(chunk.length);
    buffer ??= buffers.tryTake(yieldIt);
    if (buffer !== undefined && !isDue) fill(buffer);
    if (arrived.length === 0) return;
    request.pause();
    wake();
  }
  const onEnd = () => over('whole');
  const onClose = () => over('broken');
  function over(how: 'whole' | 'broken'): void {
    if (end === 'open') end = how;
    wake();
  }
  const more = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
      request.resume();
    });

  // An error is followed by `close`; without a listener it would end the process.
  request.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose);
  if (request.destroyed) onClose();
  try {
    while (true) {
      if (!isDue && arrived.length === 0 && end === 'open') {
        pace?.waits();
        await more();
        pace?.works();
      }
      if (tooSlow !== undefined) throw tooSlow;
      if (end === 'broken') throw new FedOpsError('aborted', 'the connection ended within the body');
      if (buffer === undefined && arrived.length > 0) {
        buffer = await buffers.take(yieldIt);
        fill(buffer);
      } else if (buffer !== undefined && (isDue || end !== 'open')) {
        buffers.busy(buffer);
        if (filled > 0) yield buffer.subarray(0, filled);
        buffers.giveBack(buffer);
        buffer = undefined;
        filled = 0;
        isDue = false;
      } else if (end !== 'open') {
        return;
      }
    }
  } finally {
    pace?.end();
    if (buffer !== undefined) buffers.giveBack(buffer);
    request.off('data', onData).off('end', onEnd).off('close', onClose);
    if (end === 'open') request.pause();
  }
}
