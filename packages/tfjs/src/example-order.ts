import { type RandomGenerator, unsafeUniformIntDistribution } from 'pure-rand';

/** `count` of the indices 0 to `total` - 1, drawn without replacement, in random order. */
export function drawIndices(total: number, count: number, random: RandomGenerator): Uint32Array {
  const indices = Uint32Array.from({ length: total }, (_, i) => i);
  shuffle(indices, random);
  return indices.slice(0, count);
}

/** Brings the indices into random order, in place (Fisher and Yates). */
export function shuffle(indices: Uint32Array, random: RandomGenerator): void {
  for (let last = indices.length - 1; last > 0; last--) {
    const other = unsafeUniformIntDistribution(0, last, random);
    const kept = indices[last]!;
    indices[last] = indices[other]!;
    indices[other] = kept;
  }
}
