const duties = new Set<() => void>();

/** The last first, so that a program is killed before its directory goes. */
function doAll(): void {
  for (const duty of [...duties].reverse()) duty();
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
