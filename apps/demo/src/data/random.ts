import { type RandomGenerator, unsafeUniformIntDistribution } from 'pure-rand';

/** A copy in random order (Fisher and Yates). */
export function shuffled(items: Uint32Array, random: RandomGenerator): Uint32Array {
  const copy = items.slice();
  for (let last = copy.length - 1; last > 0; last--) {
    const other = unsafeUniformIntDistribution(0, last, random);
    const kept = copy[last]!;
    copy[last] = copy[other]!;
    copy[other] = kept;
  }
  return copy;
}

/** `parts` shares of a symmetric Dirichlet distribution; they sum to 1. */
export function drawDirichlet(parts: number, alpha: number, random: RandomGenerator): number[] {
  const logs = Array.from({ length: parts }, () => drawLogGamma(alpha, random));
  // The gamma values of a small alpha are below every float64; their ratios are not.
  const largest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - largest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/**
 * The logarithm of a gamma variate with shape `alpha` and scale 1.
 *
 * @see Marsaglia and Tsang 2000, "A simple method for generating gamma variables", with the step of their section 6
 *   that reaches an alpha below 1.
 */
function drawLogGamma(alpha: number, random: RandomGenerator): number {
  const d = alpha + 1 - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) * (1 + c * x) * (1 + c * x);
    if (v > 0 && Math.log(drawUniform(random)) < (x * x) / 2 + d - d * v + d * Math.log(v)) {
      return Math.log(d * v) + Math.log(drawUniform(random)) / alpha;
    }
  }
}

/** A standard normal variate by Marsaglia's polar method. */
function drawNormal(random: RandomGenerator): number {
  for (;;) {
    const u = 2 * drawUniform(random) - 1;
    const v = 2 * drawUniform(random) - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** Between 0 and 1, both excluded. */
function drawUniform(random: RandomGenerator): number {
  return (unsafeUniformIntDistribution(0, 0x3fff_ffff, random) + 0.5) / 0x4000_0000;
}
