import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createServerManager } from '@fedops/server-manager';
import type { Call } from '../../call.js';
import { secretFrom } from '../../config/secret.js';
import { settingsOf } from '../../config/settings-of.js';
import { given } from '../../service/given.js';
import { readTls } from '../../service/listen-settings.js';
import { serve } from '../../service/serve.js';
import { JOIN_TOKEN, LEAST_TOKEN_LENGTH } from '../../service/token-settings.js';
import { flowerOf } from './flower-of.js';
import { MANAGER_SETTINGS, readPorts } from './manager-settings.js';

const ADMIN_TOKEN = { setting: 'adminTokenFile', variable: 'FEDOPS_ADMIN_TOKEN' } as const;

/** Runs a server manager until it is told to end. */
export async function runManager(call: Call): Promise<void> {
  const told = await settingsOf(call, 'manager', MANAGER_SETTINGS);
  const {
    host,
    port,
    insecure,
    allowedOrigin: allowedOrigins,
    allowedHost: allowedHosts,
    composition,
  } = told;
  const tls = await readTls(told.tlsKey, told.tlsCert);
  const adminToken = await secretFrom(call, {
    ...ADMIN_TOKEN,
    leastLength: LEAST_TOKEN_LENGTH,
    file: told.adminTokenFile,
  });
  const joinToken = await secretFrom(call, {
    ...JOIN_TOKEN,
    leastLength: LEAST_TOKEN_LENGTH,
    file: told.joinTokenFile,
  });
  const settings = given({
    dataDir: told.dataDir ?? join(call.context.cwd, '.fedops', 'manager'),
    listen: given({ host, port, insecure, tls, allowedHosts, allowedOrigins }),
    adminToken,
    deviceToken: joinToken,
    servers: given({
      host: told.serverHost,
      publicHost: told.serverPublicHost,
      ports: told.serverPorts === undefined ? undefined : readPorts(told.serverPorts),
      flower: flowerOf(told, import.meta.resolve('@fedops/flower-door')),
      allowedHosts,
      allowedOrigins,
      enrolmentToken: joinToken,
      insecure,
      composition: composition === undefined ? undefined : pathToFileURL(composition).href,
    }),
  });
  await serve(call, 'server manager', async () => {
    const manager = await createServerManager(settings);
    return {
      ready: { url: manager.url, port: manager.port, dataDir: settings.dataDir },
      close: () => manager.close({ servers: told.stopServers === true ? 'stop' : 'leave' }),
    };
  });
}
