import { FedOpsError } from '@fedops/shared-types';
import { meanMetrics } from './arithmetic/mean-metrics.js';
import { configuredBy, type InstructionSettings } from './fed-avg.js';
import type { Strategy } from './strategy.js';

/** η and β of {@link fedAvgM}, and what clients are told. */
export interface FedAvgMSettings extends InstructionSettings {
  /** η, above 0; 1 where not given. */
  readonly serverLearningRate?: number;
  /** β, from 0 to below 1. */
  readonly momentum: number;
}

/**
 * Federated averaging with server momentum: v ← β·v + Δ, w ← w − η·v, where Δ = w − mean of the updates.
 * Integer tensors take the plain mean.
 *
 * @throws {FedOpsError} `invalid-argument` for settings outside their range.
 * @see Hsu, Qi, Brown 2019, section 4.3: https://arxiv.org/abs/1909.06335
 */
export function fedAvgM({ serverLearningRate = 1, momentum, ...instructions }: FedAvgMSettings): Strategy {
  if (!(serverLearningRate > 0 && Number.isFinite(serverLearningRate))) {
    throw new FedOpsError(
      'invalid-argument',
      `serverLearningRate: expected a number above 0, got ${serverLearningRate}`,
    );
  }
  if (!(momentum >= 0 && momentum < 1)) {
    throw new FedOpsError(
      'invalid-argument',
      `momentum: expected a number from 0 to below 1, got ${momentum}`,
    );
  }
  return {
    name: 'FedAvgM',
    settings: { serverLearningRate, momentum },
    moments: ['velocity'],
    ...configuredBy(instructions),
    plan({ updates }) {
      return {
        weights: updates.map(({ numExamples }) => numExamples),
        step(tile) {
          const velocity = tile.moments[0];
          if (velocity === undefined) return;
          const current = tile.current as Float32Array;
          const output = tile.output as Float32Array;
          for (let i = 0; i < output.length; i++) {
            const next = momentum * velocity[i]! + (current[i]! - output[i]!);
            velocity[i] = next;
            output[i] = current[i]! - serverLearningRate * next;
          }
        },
        finish: () => ({ metrics: meanMetrics(updates), scalars: {} }),
      };
    },
  };
}
