import type { ChildMessage } from './messages.js';

/** A child's line to the demo that started it. */
export interface ParentLine {
  tell(message: ChildMessage): void;
  onOrder(listener: (order: unknown) => void): void;
  /** Resolves once everything told has left this process. */
  flush(): Promise<void>;
}

/** Over the IPC channel that `fork` opens. */
export function openParentLine(): ParentLine {
  let told = Promise.resolve();
  return {
    tell(message) {
      const sent = new Promise<void>((resolve) => {
        // A parent that is gone is noticed by `disconnect`; what is told meanwhile has no reader.
        if (process.connected) process.send?.(message, () => resolve());
        else resolve();
      });
      told = told.then(() => sent);
    },
    onOrder: (listener) => void process.on('message', listener),
    flush: () => told,
  };
}
