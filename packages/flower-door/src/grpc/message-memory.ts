import type { Clock, Timer } from '@fedops/server';
import { createByteBudget } from '../byte-budget.js';
import type { ReceivedMessage } from '../client/flower-stream.js';

/** Memory for messages as they come in: bounded, and used again, since fresh memory makes the collector run. */
export interface MessageMemory {
  /** Memory for a message of so many bytes; undefined where there is no room at once. */
  takeNow(length: number): ReceivedMessage | undefined;
  /**
   * The same, and waits for room, first come first served. One message always has room, however large.
   *
   * @throws the signal's reason when that aborts first.
   */
  take(length: number, signal: AbortSignal): Promise<ReceivedMessage>;
  /** Lets go of what nobody uses. */
  close(): void;
}

/** Answers of one model differ by a few bytes: rounded up, the memory of one is good for the next. */
const GRAIN_BYTES = 64 * 1024;

/** Longer than the answers of a round are apart, shorter than training takes. */
const KEEP_MS = 5_000;

/** @param totalBytes Bounds what is taken together with what is kept for the next. */
export function createMessageMemory(totalBytes: number, clock: Clock): MessageMemory {
  const budget = createByteBudget(totalBytes);
  let spares: Buffer[] = [];
  let takenBytes = 0;
  let forgetting: Timer | undefined;

  function forget(): void {
    forgetting?.cancel();
    forgetting = undefined;
    spares = [];
  }

  function memoryOf(size: number): Buffer {
    const fitting = spares.findIndex((spare) => spare.length === size);
    if (fitting !== -1) return spares.splice(fitting, 1)[0]!;
    const spareBytes = spares.reduce((sum, { length }) => sum + length, 0);
    if (takenBytes + spareBytes + size > totalBytes) forget();
    return Buffer.allocUnsafeSlow(size);
  }

  function provide(length: number, giveBack: () => void): ReceivedMessage {
    const size = roundedUp(length);
    const memory = memoryOf(size);
    takenBytes += size;
    let isTaken = true;
    return {
      bytes: memory.subarray(0, length),
      release() {
        if (!isTaken) return;
        isTaken = false;
        takenBytes -= size;
        keep(memory);
        giveBack();
      },
    };
  }

  function keep(memory: Buffer): void {
    // What is smaller costs nothing to make.
    if (memory.length < GRAIN_BYTES) return;
    spares.push(memory);
    forgetting?.cancel();
    forgetting = clock.after(KEEP_MS, forget);
  }

  return {
    takeNow(length) {
      const giveBack = budget.takeNow(roundedUp(length));
      return giveBack && provide(length, giveBack);
    },
    async take(length, signal) {
      return provide(length, await budget.take(roundedUp(length), signal));
    },
    close: forget,
  };
}

function roundedUp(length: number): number {
  return length < GRAIN_BYTES ? length : Math.ceil(length / GRAIN_BYTES) * GRAIN_BYTES;
}
