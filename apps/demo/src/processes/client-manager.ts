import { createClientManager, type StateView } from '@fedops/client-manager';
import { tellCalls } from '../calls/tell-calls.js';
import type { DeviceSeen } from '../federation/device-seen.js';
import { runChild } from './run-child.js';
import { ClientManagerProcessSettingsSchema } from './settings.js';
import { tellChanges } from './tell-changes.js';

/** A client that trains and does not answer for so long counts as lost. */
const CLIENT_LEASE_MS = 4_000;

await runChild('client-manager', ClientManagerProcessSettingsSchema, async (settings, { parent, logger }) => {
  const { clientId, port, clientUrl, serverManagerUrl, dataDir } = settings;
  tellCalls(parent);
  const manager = await createClientManager(
    {
      dataDir,
      deviceId: clientId,
      clientUrl,
      serverManager: { url: serverManagerUrl },
      port,
      limits: { clientLeaseMs: CLIENT_LEASE_MS },
    },
    { logger, env: {} },
  );
  const stopTelling = tellChanges(
    () => seen(manager.state()),
    (device) => parent.tell({ kind: 'device', device }),
  );
  parent.tell({ kind: 'ready', url: manager.url, port: manager.port });
  return {
    close() {
      stopTelling();
      return manager.close();
    },
  };
});

function seen({ phase, reason, message, serverManager, last }: StateView): DeviceSeen {
  return {
    phase,
    reason,
    message,
    isRegistered: serverManager.state === 'registered',
    last: last && { runId: last.runId, end: endSeen(last.end), isRunOver: last.isRunOver },
  };
}

function endSeen(end: NonNullable<StateView['last']>['end']) {
  return end && { state: end.state, why: end.state === 'train-failed' ? end.reason.message : null };
}
