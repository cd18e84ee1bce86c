/** A callback that runs at the end of the turn of the event loop, once however often it was asked for. */
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
