import type { Metrics } from '@fedops/shared-types';

interface MetricsReport {
  readonly numExamples: number;
  readonly metrics: Metrics;
}

/**
 * Mean of each metric, weighted by numExamples over those who report it; in the order given, summed in float64.
 * A metric that some report and others do not is averaged over the former. Finite for finite reports.
 */
export function meanMetrics(reports: readonly MetricsReport[]): Metrics {
  const names = [...new Set(reports.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
  return Object.fromEntries(
    names.map((name) => {
      // Clients choose the names: one such as `constructor` must not be found where nobody reported it.
      const values = reports
        .filter(({ metrics }) => Object.hasOwn(metrics, name))
        .map(({ numExamples, metrics }) => ({ numExamples, value: metrics[name]! }));
      return [name, meanOf(values)];
    }),
  );
}

function meanOf(values: readonly { readonly numExamples: number; readonly value: number }[]): number {
  let [sum, examples] = [0, 0];
  for (const { numExamples, value } of values) {
    sum += numExamples * value;
    examples += numExamples;
  }
  if (Number.isFinite(sum)) return sum / examples;
  const mean = values.reduce(
    (partial, { numExamples, value }) => partial + (numExamples / examples) * value,
    0,
  );
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, mean));
}
