import { join } from 'node:path';
import type { FLClientTaskSettings } from '@fedops/client-app';
import type { ClientIdentity } from '@fedops/client-session';
import { loadIdentity } from '@fedops/client-session/node';
import { FedOpsError } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import { secretFrom } from '../../config/secret.js';
import { settingsOf } from '../../config/settings-of.js';
import { given } from '../../service/given.js';
import { readTls } from '../../service/listen-settings.js';
import { CONTROL_TOKEN, JOIN_TOKEN, LEAST_TOKEN_LENGTH } from '../../service/token-settings.js';
import { warnOfOpenIdentity } from '../../service/warn-of-open-identity.js';
import { CLIENT_SETTINGS } from './client-settings.js';
import type { TrainerChoice } from './open-trainer.js';

/** What a client was told, completed. */
export interface ClientPlan {
  readonly task: FLClientTaskSettings;
  readonly trainer: TrainerChoice;
  readonly identity: ClientIdentity;
  readonly dataDir: string;
  /** Whether it takes part in one run alone, or serves; and then whether with a client manager of its own. */
  readonly mode: 'once' | 'served' | 'managed';
  readonly manager: string | undefined;
  readonly joinToken: string | undefined;
  readonly controlToken: string | undefined;
}

/**
 * Reads what a client is told; makes its identity where there is none yet.
 *
 * @throws {FedOpsError} `invalid-argument` for what is wrong or missing; `not-found` and `storage` for files.
 */
export async function planClient(call: Call): Promise<ClientPlan> {
  const told = await settingsOf(call, 'client', CLIENT_SETTINGS);
  const { taskId, clientManager, manager } = told;
  if (taskId === undefined) throw new FedOpsError('invalid-argument', 'name the task: --task-id');
  const mode = told.once === true ? 'once' : told.managed === true ? 'managed' : 'served';
  if (mode === 'managed' && manager === undefined) {
    throw new FedOpsError('invalid-argument', '--managed needs to know the server manager: --manager');
  }
  const joinToken = await secretFrom(call, { ...JOIN_TOKEN, file: told.joinTokenFile });
  const controlToken = await secretFrom(call, {
    ...CONTROL_TOKEN,
    leastLength: LEAST_TOKEN_LENGTH,
    file: told.controlTokenFile,
  });
  const tls = await readTls(told.tlsKey, told.tlsCert);
  const dataDir = told.dataDir ?? join(call.context.cwd, '.fedops', 'client');
  const identity = await loadIdentity(dataDir, told.clientId);
  await warnOfOpenIdentity(call.output, join(dataDir, 'client-identity.json'), 'client', process.platform);
  const managers = {
    manager: clientManager === undefined ? undefined : given({ baseUrl: clientManager, token: controlToken }),
    serverManager:
      manager === undefined
        ? undefined
        : given({ baseUrl: manager, token: joinToken, performanceUrl: told.performance }),
  };
  return {
    task: {
      taskId,
      clientId: identity.clientId,
      key: identity.key,
      ...given({
        ...managers,
        clientName: told.name,
        serverUrl: told.server,
        allowedHosts: told.allowedHost,
        enrolmentToken: joinToken,
        host: told.host,
        port: told.port,
        ownHosts: told.ownHost,
        allowedOrigins: told.allowedOrigin,
        controlToken,
        tls,
        insecure: told.insecure,
      }),
    },
    trainer: {
      trainer: told.trainer,
      command: [...(told.command ?? []), ...call.args],
      sample: told.sample,
      trainerData: told.trainerData,
    },
    identity,
    dataDir,
    mode,
    manager,
    joinToken,
    controlToken,
  };
}
