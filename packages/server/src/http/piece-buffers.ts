/** A step costs the same for many bytes as for few: an update is looked at and written in pieces of this size. */
const PIECE_BYTES = 256 * 1024;
/** The disk takes no more at a time: Node writes with four threads. */
const BUFFERS = 8;

/** A few buffers that all bodies share, so that memory does not grow with uploads, and fresh pages are rare. */
export interface PieceBuffers {
  /** A buffer to fill, if there is a free one. `yieldIt` is called when somebody else waits for it. */
  tryTake(yieldIt: () => void): Uint8Array | undefined;
  /** The same, and waits for one to get free; who came first gets it first. */
  take(yieldIt: () => void): Promise<Uint8Array>;
  /** Says that the bytes in it are being worked on: it comes back by itself. */
  busy(buffer: Uint8Array): void;
  giveBack(buffer: Uint8Array): void;
}

export function createPieceBuffers(count = BUFFERS, byteLength = PIECE_BYTES): PieceBuffers {
  const free: Uint8Array[] = [];
  const waiting: { readonly give: (buffer: Uint8Array) => void; readonly yieldIt: () => void }[] = [];
  /** Buffers that wait for more bytes, which may come slowly, and how to get them back; the oldest first. */
  const filling = new Map<Uint8Array, () => void>();
  let made = 0;

  function makeOne(): Uint8Array | undefined {
    if (made === count) return undefined;
    made++;
    return new Uint8Array(byteLength);
  }

  function tryTake(yieldIt: () => void): Uint8Array | undefined {
    const buffer = free.pop() ?? makeOne();
    if (buffer !== undefined) filling.set(buffer, yieldIt);
    return buffer;
  }

  return {
    tryTake,
    async take(yieldIt) {
      const buffer = tryTake(yieldIt);
      if (buffer !== undefined) return buffer;
      const [oldest] = filling;
      if (oldest !== undefined) {
        filling.delete(oldest[0]);
        oldest[1]();
      }
      return new Promise((give) => {
        waiting.push({ give, yieldIt });
      });
    },
    busy(buffer) {
      filling.delete(buffer);
    },
    giveBack(buffer) {
      filling.delete(buffer);
      const next = waiting.shift();
      if (next === undefined) {
        free.push(buffer);
        return;
      }
      next.give(buffer);
      // Who waits came while all buffers were busy and nobody could be asked for one.
      if (waiting.length > 0) next.yieldIt();
      else filling.set(buffer, next.yieldIt);
    },
  };
}
