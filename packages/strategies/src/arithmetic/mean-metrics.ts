import type { Metrics } from '@fedops/shared-types';

/**
 * Mean of each metric, weighted by numExamples over those who report it; in the order given, summed in float64.
 * A metric that some report and others do not is averaged over the former.
 */
export function meanMetrics(
  reports: readonly { readonly numExamples: number; readonly metrics: Metrics }[],
): Metrics {
  const names = [...new Set(reports.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
  return Object.fromEntries(
    names.map((name) => {
      let [sum, examples] = [0, 0];
      for (const { numExamples, metrics } of reports) {
        const value = metrics[name];
        if (value === undefined) continue;
        sum += numExamples * value;
        examples += numExamples;
      }
      return [name, sum / examples];
    }),
  );
}
