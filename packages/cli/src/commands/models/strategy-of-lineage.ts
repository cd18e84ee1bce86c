import { fedAvg, fedAvgM, type Strategy } from '@fedops/strategies';

/** A strategy as a manifest names it. */
export interface NamedStrategy {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The strategy that a manifest names; undefined for one that this package does not have. */
export function strategyOfLineage({ name, settings }: NamedStrategy): Strategy | undefined {
  switch (name) {
    case 'FedAvg':
      return fedAvg();
    case 'FedAvgM':
      return fedAvgM({
        momentum: Number(settings.momentum),
        serverLearningRate: Number(settings.serverLearningRate),
      });
    default:
      return undefined;
  }
}
