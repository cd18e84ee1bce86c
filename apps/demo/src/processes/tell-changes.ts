const LOOK_EVERY_MS = 100;

/** Tells what is there now, and again whenever it has changed; returns the way to stop, which looks a last time. */
export function tellChanges<T extends object>(look: () => T, tell: (value: T) => void): () => void {
  let told = '';
  const tellIfNew = () => {
    const value = look();
    const text = JSON.stringify(value);
    if (text !== told) tell(value);
    told = text;
  };
  tellIfNew();
  const timer = setInterval(tellIfNew, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    tellIfNew();
  };
}
