import type { Config } from '@fedops/shared-types';
import { meanMetrics } from './arithmetic/mean-metrics.js';
import type { Strategy } from './strategy.js';

/** What clients are told with each instruction: the same in every round, or made from the round's number. */
export interface InstructionSettings {
  readonly fitConfig?: Config | ((round: number) => Config);
  readonly evaluateConfig?: Config | ((round: number) => Config);
}

/**
 * Federated averaging: the next model is the mean of the updates, weighted by numExamples.
 *
 * @see McMahan et al. 2017, Algorithm 1: https://arxiv.org/abs/1602.05629
 */
export function fedAvg(settings: InstructionSettings = {}): Strategy {
  return {
    name: 'FedAvg',
    settings: {},
    moments: [],
    ...configuredBy(settings),
    plan({ updates }) {
      return {
        weights: updates.map(({ numExamples }) => numExamples),
        finish: () => ({ metrics: meanMetrics(updates), scalars: {} }),
      };
    },
  };
}

/** The two configure methods of a strategy whose instructions do not depend on what was learnt. */
export function configuredBy({
  fitConfig = {},
  evaluateConfig = {},
}: InstructionSettings): Pick<Strategy, 'configureFit' | 'configureEvaluate'> {
  return {
    configureFit: typeof fitConfig === 'function' ? fitConfig : () => fitConfig,
    configureEvaluate: typeof evaluateConfig === 'function' ? evaluateConfig : () => evaluateConfig,
  };
}
