/** Runs work one after the other, in the order in which it came; a failure is its caller's alone. */
export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs each piece of work once the one before has settled, whether it succeeded or not. */
export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
}

/** As {@link OneAtATime}, among works of one key. */
export type OneAtATimePerKey = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function oneAtATimePerKey(): OneAtATimePerKey {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const result = (last.get(key) ?? Promise.resolve()).then(work);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
    last.set(key, settled);
    return result;
  };
}
