import { join } from 'node:path';
import { createClientManager } from '@fedops/client-manager';
import type { Call } from '../../call.js';
import { secretFrom } from '../../config/secret.js';
import { settingsOf } from '../../config/settings-of.js';
import { given } from '../../service/given.js';
import { readTls } from '../../service/listen-settings.js';
import { serve } from '../../service/serve.js';
import { CONTROL_TOKEN, JOIN_TOKEN, LEAST_TOKEN_LENGTH } from '../../service/token-settings.js';
import { warnOfOpenIdentity } from '../../service/warn-of-open-identity.js';
import { CLIENT_MANAGER_SETTINGS } from './client-manager-settings.js';

const CLIENT_TOKEN = { setting: 'clientTokenFile', variable: 'FEDOPS_CLIENT_TOKEN' } as const;

/** Runs a client manager until it is told to end; the client app goes on. */
export async function runClientManager(call: Call): Promise<void> {
  const told = await settingsOf(call, 'client-manager', CLIENT_MANAGER_SETTINGS);
  const { clientUrl, taskId, deviceId, clientId, name, host, port, insecure, manager, api } = told;
  const settings = given({
    dataDir: told.dataDir ?? join(call.context.cwd, '.fedops', 'client-manager'),
    serverManager: given({
      url: manager,
      api,
      token: await secretFrom(call, { ...JOIN_TOKEN, file: told.joinTokenFile }),
    }),
    clientUrl,
    clientToken: await secretFrom(call, { ...CLIENT_TOKEN, file: told.clientTokenFile }),
    taskId,
    deviceId,
    clientId,
    name,
    host,
    port,
    ownHosts: told.ownHost,
    allowedOrigins: told.allowedOrigin,
    controlToken: await secretFrom(call, {
      ...CONTROL_TOKEN,
      leastLength: LEAST_TOKEN_LENGTH,
      file: told.controlTokenFile,
    }),
    tls: await readTls(told.tlsKey, told.tlsCert),
    insecure,
  });
  await warnOfOpenIdentity(
    call.output,
    join(settings.dataDir, 'device-identity.json'),
    'device',
    process.platform,
  );
  await serve(call, 'client manager', async () => {
    const handle = await createClientManager(settings, { env: call.context.env });
    return {
      ready: { url: handle.url, port: handle.port, deviceId: handle.deviceId, dataDir: settings.dataDir },
      close: () => handle.close(),
    };
  });
}
