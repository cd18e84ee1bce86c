import type { RunSettings } from '@fedops/shared-types';
import { fedAvg, fedAvgM, type Strategy } from '@fedops/strategies';

/** The strategy that a run's settings name. @throws {FedOpsError} `invalid-argument` for settings out of its range. */
export function strategyOf({ strategy, fitConfig, evaluateConfig }: RunSettings): Strategy {
  switch (strategy.kind) {
    case 'fedavg':
      return fedAvg({ fitConfig, evaluateConfig });
    case 'fedavgm': {
      const { momentum, serverLearningRate } = strategy;
      return fedAvgM({ momentum, serverLearningRate, fitConfig, evaluateConfig });
    }
  }
}
