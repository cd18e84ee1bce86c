/** Grey images of handwritten digits, one after another, and which digit each shows. */
export interface Digits {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** Width and height of an image in pixels, a byte each. */
export const SIDE = 28;

const PIXELS = SIDE * SIDE;

/** The first `count` images of certain digits, in their order. */
export function firstOf(digits: readonly number[], count: number, { pixels, labels }: Digits): Digits {
  const indices = [...labels.keys()].filter((i) => digits.includes(labels[i]!)).slice(0, count);
  const selected = new Uint8Array(indices.length * PIXELS);
  indices.forEach((index, i) => {
    selected.set(pixels.subarray(index * PIXELS, (index + 1) * PIXELS), i * PIXELS);
  });
  return { pixels: selected, labels: Uint8Array.from(indices, (index) => labels[index]!) };
}
