/** Bounds the memory that goes on at a time: who does not fit waits, first come first served. */
export interface ByteBudget {
  /**
   * Resolves when there is room for so many bytes, or when nobody else has any, with the way to give it back, which
   * may be called twice.
   *
   * @throws the signal's reason when that aborts first.
   */
  take(bytes: number, signal: AbortSignal): Promise<() => void>;
  /** Room that is there at once, with the way to give it back; undefined where one would wait. */
  takeNow(bytes: number): (() => void) | undefined;
}

/** A budget of so many bytes. */
export function createByteBudget(total: number): ByteBudget {
  let taken = 0;
  let holders = 0;
  const waiting = new Set<{ readonly bytes: number; readonly admit: () => void }>();

  function fits(bytes: number): boolean {
    return holders === 0 || taken + bytes <= total;
  }

  function admitNext(): void {
    for (const waiter of waiting) {
      if (!fits(waiter.bytes)) return;
      waiting.delete(waiter);
      waiter.admit();
    }
  }

  function hold(bytes: number): () => void {
    taken += bytes;
    holders++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      taken -= bytes;
      holders--;
      admitNext();
    };
  }

  return {
    takeNow: (bytes) => (waiting.size === 0 && fits(bytes) ? hold(bytes) : undefined),
    take: (bytes, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const giveUp = () => {
          waiting.delete(waiter);
          reject(signal.reason);
        };
        const admit = () => {
          signal.removeEventListener('abort', giveUp);
          resolve(hold(bytes));
        };
        const waiter = { bytes, admit };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.add(waiter);
        admitNext();
      }),
  };
}
