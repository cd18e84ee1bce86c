import { FedOpsError } from '@fedops/shared-types';

/** How a model rated one example, and what was true of it. */
export interface Rated {
  readonly score: number;
  readonly isPositive: boolean;
}

/**
 * Area under the ROC curve: how often a positive example is rated above a negative one, a tie counting half. 0 to 1.
 *
 * Computed from ranks, ties sharing their mean rank: (R₊ − n₊(n₊+1)/2) / (n₊·n₋).
 *
 * @throws {FedOpsError} `invalid-argument` where one of the two classes is missing, or a score is no number.
 * @see Hanley and McNeil 1982, Radiology 143
 */
export function areaUnderCurve(rated: readonly Rated[]): number {
  const positives = rated.filter(({ isPositive }) => isPositive).length;
  const negatives = rated.length - positives;
  if (positives === 0 || negatives === 0) {
    throw new FedOpsError('invalid-argument', `expected both classes, got ${positives} of ${rated.length}`);
  }
  if (rated.some(({ score }) => Number.isNaN(score))) {
    throw new FedOpsError('invalid-argument', 'expected scores, got NaN');
  }
  const ordered = rated.toSorted((a, b) => (a.score < b.score ? -1 : Number(a.score > b.score)));
  const rankSum = rankSumOfPositives(ordered);
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function rankSumOfPositives(ordered: readonly Rated[]): number {
  let sum = 0;
  for (let start = 0, end = 0; start < ordered.length; start = end) {
    let positives = 0;
    for (end = start; ordered[end]?.score === ordered[start]!.score; end++) {
      if (ordered[end]!.isPositive) positives++;
    }
    const meanRank = (start + 1 + end) / 2;
    sum += positives * meanRank;
  }
  return sum;
}
