import type { Rated } from './area-under-curve.js';
import { type Example, type LogisticModel, probability } from './logistic-regression.js';

/** How the model rates each example, in their order. */
export function ratingsOf(model: LogisticModel, examples: readonly Example[]): Rated[] {
  return examples.map(({ features, isPositive }) => ({ score: probability(model, features), isPositive }));
}
