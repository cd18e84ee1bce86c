import type { RunOverrides } from '@fedops/shared-types';
import type { DemoOptions } from '../options/demo-options.js';

const MINUTE_MS = 60_000;

/**
 * How the demo's runs go: every round begins with as many clients as there are from the beginning, and half of them,
 * rounded up, make it.
 */
export function runSettings({
  clients,
  rounds,
  seed,
  examples,
}: Pick<DemoOptions, 'clients' | 'rounds' | 'seed' | 'examples'>): RunOverrides {
  return {
    rounds,
    seed,
    clientsPerRound: { kind: 'all', atLeast: clients },
    quorum: Math.ceil(clients / 2),
    retries: 1,
    fitConfig: { localEpochs: 1, batchSize: 32, learningRate: 0.1, maxExamples: examples },
    // The server measures on images that no client trains on.
    evaluationFraction: 0,
    waitForClientsMs: 2 * MINUTE_MS,
    fitMs: 10 * MINUTE_MS,
    evaluateMs: 2 * MINUTE_MS,
  };
}
