const duties = new Set<() => void>();

/** The last first, so that a program is killed before its directory goes. One that fails keeps none from its turn. */
function doAll(): void {
  for (const duty of [...duties].reverse()) {
    try {
      duty();
    } catch {
      // Nobody can be told any more, and the exit code is another's.
    }
  }
}

/**
 * Sees to it that this is done should the process exit in between. One listener serves all: `process` warns of many.
 *
 * @param duty Synchronous.
 * @returns Ends the duty.
 */
export function atProcessExit(duty: () => void): () => void {
  if (duties.size === 0) process.on('exit', doAll);
  duties.add(duty);
  return () => {
    duties.delete(duty);
    if (duties.size === 0) process.off('exit', doAll);
  };
}
