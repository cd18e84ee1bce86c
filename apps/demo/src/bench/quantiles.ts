/** What a series of measured times comes to, in the unit of the series. */
export interface Quantiles {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly max: number;
}

/** By the nearest rank; of an empty series all are NaN. */
export function quantilesOf(series: readonly number[]): Quantiles {
  const sorted = series.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, median: at(0.5), p99: at(0.99), max: at(1) };
}
