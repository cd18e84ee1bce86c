/** One axis of a tensor, with how far apart its neighbours lie in the source and in the result, in words. */
interface Axis {
  readonly size: number;
  readonly from: number;
  readonly to: number;
}

type Words = Uint8Array | Uint16Array | Uint32Array;

/** Words that are moved at once: their lines of both sides stay in the first cache. */
const MOST_WORDS = 4_096;

const LARGEST_WORD_BYTES = 4;

/**
 * A copy in which the last index of `shape` is fastest, of elements among which the first one is.
 *
 * Blocks of elements are halved along their longest axis until one fits the cache, so that neither side is read or
 * written across the whole tensor, whatever its shape.
 *
 * @see Frigo et al. 1999, "Cache-oblivious algorithms", section 3
 */
export function reverseAxes(
  bytes: Uint8Array,
  shape: readonly number[],
  bytesPerElement: number,
): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(bytes.length);
  const wordBytes = Math.min(bytesPerElement, LARGEST_WORD_BYTES);
  const [from, to] = [wordsOf(bytes, wordBytes), wordsOf(result, wordBytes)];
  if (result.length > 0) moveBlock(from, to, axesOf(shape, bytesPerElement / wordBytes));
  return result;
}

function wordsOf(bytes: Uint8Array, wordBytes: number): Words {
  const aligned = bytes.byteOffset % wordBytes === 0 ? bytes : new Uint8Array(bytes);
  const Words = wordBytes === 1 ? Uint8Array : wordBytes === 2 ? Uint16Array : Uint32Array;
  return new Words(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length / wordBytes);
}

/** Those that have a second element; the words of an element are the innermost of both sides. */
function axesOf(shape: readonly number[], wordsPerElement: number): readonly Axis[] {
  const count = shape.reduce((product, size) => product * size, wordsPerElement);
  let from = wordsPerElement;
  let to = count;
  const axes = shape.map((size) => {
    to /= size;
    const axis = { size, from, to };
    from *= size;
    return axis;
  });
  return [...axes, { size: wordsPerElement, from: 1, to: 1 }].filter(({ size }) => size > 1);
}

function moveBlock(from: Words, to: Words, axes: readonly Axis[]): void {
  const count = axes.reduce((product, { size }) => product * size, 1);
  const longest = axes.toSorted((a, b) => b.size - a.size)[0];
  if (longest === undefined) to[0] = from[0]!;
  else if (count <= MOST_WORDS) moveAlong(longest, axes, { from, to });
  else {
    const first = longest.size >> 1;
    const halved = (size: number) => axes.map((axis) => (axis === longest ? { ...axis, size } : axis));
    moveBlock(from, to, halved(first));
    moveBlock(
      from.subarray(first * longest.from),
      to.subarray(first * longest.to),
      halved(longest.size - first),
    );
  }
}

function moveAlong(
  row: Axis,
  axes: readonly Axis[],
  { from, to }: { readonly from: Words; readonly to: Words },
): void {
  const outer = axes.filter((axis) => axis !== row);
  const index = outer.map(() => 0);
  let [source, target] = [0, 0];
  for (;;) {
    for (let i = 0, a = source, b = target; i < row.size; i++, a += row.from, b += row.to) to[b] = from[a]!;
    let at = outer.length - 1;
    for (; at >= 0; at--) {
      const axis = outer[at]!;
      source += axis.from;
      target += axis.to;
      if (++index[at]! < axis.size) break;
      index[at] = 0;
      source -= axis.from * axis.size;
      target -= axis.to * axis.size;
    }
    if (at < 0) return;
  }
}
