import type { FLServerSettings } from '@fedops/server';
import type { ClientsPerRound, RunSettings } from '@fedops/shared-types';
import type { OrderFile } from './server-files.js';

/** What stands in no file. */
export interface ServerSecrets {
  /** What clients show to register. */
  readonly enrolmentToken: string | undefined;
  /** In PEM. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
}

/** What an FL server is told for an order. */
export function serverSettingsOf(order: OrderFile, { enrolmentToken, tls }: ServerSecrets): FLServerSettings {
  const { taskId, runId, settings, dataDir, listen } = order;
  return {
    taskId,
    runId,
    ...serverPlanOf(settings),
    dataDir,
    listen: { ...listen, ...(tls !== undefined && { tls }) },
    ...(enrolmentToken !== undefined && { enrolmentToken }),
  };
}

/** What the settings of a run are for an FL server, but for its strategy. */
export function serverPlanOf(
  settings: RunSettings,
): Pick<
  FLServerSettings,
  'rounds' | 'seed' | 'clients' | 'selection' | 'clientEvaluation' | 'policy' | 'limits'
> {
  const { quorum, retries, waitForClientsMs, fitMs, evaluateMs } = settings;
  return {
    rounds: settings.rounds,
    seed: settings.seed,
    clients: settings.clients,
    selection: selectionOf(settings.clientsPerRound),
    clientEvaluation: { fraction: settings.evaluationFraction },
    policy: { quorum, retries, waitForClientsMs, fitMs, evaluateMs },
    limits: { updates: settings.updates },
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
