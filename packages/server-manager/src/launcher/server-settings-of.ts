import type { FLServerSettings } from '@fedops/server';
import type { ClientsPerRound } from '@fedops/shared-types';
import type { OrderFile } from './server-files.js';

/** What an FL server is told for an order. */
export function serverSettingsOf(order: OrderFile, enrolmentToken: string | undefined): FLServerSettings {
  const { taskId, runId, settings, dataDir, listen } = order;
  const { quorum, retries, waitForClientsMs, fitMs, evaluateMs } = settings;
  return {
    taskId,
    runId,
    rounds: settings.rounds,
    seed: settings.seed,
    dataDir,
    selection: selectionOf(settings.clientsPerRound),
    clientEvaluation: { fraction: settings.evaluationFraction },
    policy: { quorum, retries, waitForClientsMs, fitMs, evaluateMs },
    listen,
    ...(enrolmentToken !== undefined && { enrolmentToken }),
  };
}

/** The FL server takes the larger of a number and a share of those who are connected; this share is never the larger. */
const NO_SHARE = 1e-9;

function selectionOf(clients: ClientsPerRound) {
  switch (clients.kind) {
    case 'all':
      return { fraction: 1, minClients: clients.atLeast, minConnected: clients.atLeast };
    case 'count':
      return { fraction: NO_SHARE, minClients: clients.count, minConnected: clients.count };
  }
}
