import type { FLServerSettings } from '@fedops/server';

const MINUTE_MS = 60_000;

/**
 * When the demo's run goes on, and when it gives up: every round begins with all clients, and half of them, rounded
 * up, make it. A client that is silent for a lease counts as lost; with many on a small machine each may be late.
 */
export function runPolicy(
  clients: number,
): Required<Pick<FLServerSettings, 'selection' | 'clientEvaluation' | 'policy' | 'limits'>> {
  return {
    selection: { fraction: 1, minClients: 1, minConnected: clients },
    // The server measures on images that no client trains on.
    clientEvaluation: { fraction: 0 },
    policy: {
      quorum: Math.ceil(clients / 2),
      retries: 1,
      waitForClientsMs: 2 * MINUTE_MS,
      fitMs: 10 * MINUTE_MS,
      evaluateMs: 2 * MINUTE_MS,
    },
    limits: { leaseMs: Math.max(5_000, 500 * clients), maxConcurrentUploads: Math.max(16, clients) },
  };
}
