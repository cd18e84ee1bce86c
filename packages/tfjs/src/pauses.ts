/**
 * A function that lets waiting events run when the last pause began over `everyMs` ago, and otherwise resolves at
 * once. Within a worker that trains, it is what lets messages in.
 */
export function createPauses(everyMs: number): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < everyMs) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}
