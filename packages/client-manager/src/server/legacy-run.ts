import { RunIdSchema, type ServerStatus } from '@fedops/shared-types';
import type { News } from './server-line.js';

/**
 * What the status of a manager without run ids says: its FL server waits for clients, or none does.
 *
 * A run is told from others by its campaign id, or else by the version that it builds and the time at which its FL
 * server began. Undefined while the server waits but the manager does not know this device: nothing is assigned yet.
 */
export function legacyNews(status: ServerStatus): News | undefined {
  if (!status.FLSeReady) return { kind: 'no-run' };
  if (status.Task_status === null) return undefined;
  const campaign = RunIdSchema.safeParse(status.Campaign_run_id);
  const version = status.GL_Model_V;
  const key = campaign.success ? campaign.data : `V${version} ${status.FLServer_start ?? ''}`;
  return {
    kind: 'run',
    run: {
      key,
      runId: campaign.success ? campaign.data : null,
      version,
      serverUrl: null,
      flowerAddress: null,
    },
  };
}
