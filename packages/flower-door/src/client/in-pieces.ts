/** Parts below this are copied together: each piece is a write of its own. */
const LEAST_BYTES = 64 * 1024;

/** What is larger is cut, so that looking at it does not hold up everybody else. */
const MOST_BYTES = 1024 * 1024;

/**
 * All bytes of the parts in order, in pieces of a size that is cheap to work on: parts that are large are not copied.
 * A piece is good until the next is asked for.
 */
export function* inPieces(parts: Iterable<Uint8Array>): Generator<Uint8Array> {
  const gathered = new Uint8Array(LEAST_BYTES);
  let filled = 0;
  for (const part of parts) {
    // The start of a part fills up what was gathered before it, so that no piece but the last is small.
    const used = filled === 0 && part.length >= LEAST_BYTES ? 0 : Math.min(part.length, LEAST_BYTES - filled);
    gathered.set(part.subarray(0, used), filled);
    filled += used;
    if (filled === LEAST_BYTES) {
      yield gathered;
      filled = 0;
    }
    if (filled > 0) continue;
    let at = used;
    for (; part.length - at >= LEAST_BYTES; at += MOST_BYTES) yield part.subarray(at, at + MOST_BYTES);
    gathered.set(part.subarray(at));
    filled = Math.max(0, part.length - at);
  }
  if (filled > 0) yield gathered.subarray(0, filled);
}
