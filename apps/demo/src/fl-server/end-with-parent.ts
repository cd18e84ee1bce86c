const LOOK_EVERY_MS = 200;

/**
 * Ends this process when the one that started it is gone. FL servers outlive their manager on purpose, to be found by
 * the next one; of a demo nothing is to stay behind. Windows does not tell; there it goes on to the end of its run.
 */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, LOOK_EVERY_MS).unref();
}
