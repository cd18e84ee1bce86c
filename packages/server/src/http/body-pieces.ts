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
  let buffer: Uint8Array | undefined;
  let filled = 0;
  let isDue = false;
  let piece = 0;
  let end = 'open' as 'open' | 'whole' | 'broken';
  let tooSlow: FedOpsError | undefined;
  let wake = (): void => {};
  const pace = paceOf?.((error) => {
    tooSlow = error;
    wake();
  });

  /** Not before what the system holds of the body has come: that takes no longer than the loop needs to come round. */
  function yieldIt(): void {
    const asked = piece;
    setImmediate(() =>
      setImmediate(() => {
        if (piece !== asked || buffer === undefined || isDue) return;
        isDue = true;
        request.pause();
        wake();
      }),
    );
  }

  /**
   * What there is no room for goes back to the request, which reads no more of its connection then. Whole where it can:
   * half a chunk's memory is not freed before the other half is taken.
   */
  function onData(chunk: Uint8Array): void {
    if (!isDue) buffer ??= buffers.tryTake(yieldIt);
    const room = isDue || buffer === undefined ? 0 : buffer.length - filled;
    const taken = chunk.length <= room ? chunk.length : filled === 0 ? room : 0;
    buffer?.set(chunk.subarray(0, taken), filled);
    filled += taken;
    pace?.took(taken);
    if (taken === chunk.length) {
      freeMemoryOf(chunk);
      if (filled !== buffer?.length) return;
    }
    // First: to a stream that flows a chunk cannot be given back.
    request.pause();
    if (taken < chunk.length) request.unshift(taken === 0 ? chunk : chunk.subarray(taken));
    isDue = buffer !== undefined;
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

  // To listen to its data makes a stream flow that is not paused: it would read on before there is a buffer.
  request.pause();
  // An error is followed by `close`; without a listener it would end the process.
  request.on('data', onData).on('end', onEnd).on('error', onClose).on('close', onClose);
  if (request.destroyed) onClose();
  try {
    while (true) {
      if (!isDue && end === 'open' && (buffer !== undefined || request.readableLength === 0)) {
        pace?.waits();
        await more();
        pace?.works();
      }
      if (tooSlow !== undefined) throw tooSlow;
      if (end === 'broken') throw new FedOpsError('aborted', 'the connection ended within the body');
      if (buffer === undefined && request.readableLength > 0) {
        buffer = await buffers.take(yieldIt);
        request.read();
      } else if (buffer !== undefined && (isDue || end !== 'open')) {
        buffers.busy(buffer);
        if (filled > 0) yield buffer.subarray(0, filled);
        buffers.giveBack(buffer);
        buffer = undefined;
        filled = 0;
        isDue = false;
        piece++;
      } else if (end !== 'open') {
        return;
      }
    }
  } finally {
    pace?.end();
    if (buffer !== undefined) buffers.giveBack(buffer);
    // Somebody who waited for it may have asked just now: what is left of the request is another's.
    buffer = undefined;
    request.off('data', onData).off('end', onEnd).off('close', onClose);
    if (end === 'open') request.pause();
  }
}
