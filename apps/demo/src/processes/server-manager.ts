import { createServerManager } from '@fedops/server-manager';
import { runChild } from './run-child.js';
import { ServerManagerProcessSettingsSchema } from './settings.js';

/** Short, so that a demo of a minute sees heartbeats. */
const LEASE_MS = 6_000;

await runChild(
  'server-manager',
  ServerManagerProcessSettingsSchema,
  async ({ dataDir }, { parent, logger }) => {
    const composition = new URL('../fl-server/compose-server.js', import.meta.url).href;
    const manager = await createServerManager(
      {
        dataDir,
        listen: { port: 0 },
        servers: { ports: 'any', composition },
        limits: { leaseMs: LEASE_MS },
      },
      { logger },
    );
    parent.tell({ kind: 'ready', url: manager.url, port: manager.port });
    return { close: () => manager.close({ servers: 'stop' }) };
  },
);
