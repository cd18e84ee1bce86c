import { fedAvg, fedAvgM } from '@fedops/strategies';

/** β of the FedAvgM that is measured. */
export const MOMENTUM = 0.9;

const STRATEGIES = {
  fedavg: () => fedAvg(),
  fedavgm: () => fedAvgM({ momentum: MOMENTUM }),
};

/** The strategy that `--strategy` calls so: `fedavg` keeps no moment, `fedavgm` one. */
export function strategyNamed(name) {
  if (!Object.hasOwn(STRATEGIES, name)) {
    throw new Error(`--strategy: expected ${Object.keys(STRATEGIES).join(' or ')}, got ${name}`);
  }
  return STRATEGIES[name]();
}
