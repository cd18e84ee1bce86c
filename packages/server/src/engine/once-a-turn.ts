/** Calls at the end of the turn of the event loop, once however often it was asked: ten thousand clients may come in one. */
export function onceATurn(callback: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      callback();
    });
  };
}
