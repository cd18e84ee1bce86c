import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ServerAPI } from '@fedops/client-api';
import { flowerDoor } from '@fedops/flower-door';
import { createLogger } from '@fedops/http-service';
import { decodeParameters } from '@fedops/parameters';
import {
  createManagerReporter,
  type FLServerParts,
  type FLServerSettings,
  systemClock,
} from '@fedops/server';
import { composedBy, serverPlanOf, strategyOf } from '@fedops/server-manager';
import { FedOpsError, parseWith, RunIdSchema, RunSettingsSchema, type TaskId } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import { secretFrom } from '../../config/secret.js';
import { settingsOf } from '../../config/settings-of.js';
import { given } from '../../service/given.js';
import { readTls } from '../../service/listen-settings.js';
import { JOIN_TOKEN } from '../../service/token-settings.js';
import { runSettingsOf } from '../runs/run-flags.js';
import { readModelFile } from '../tasks/initial-model.js';
import { SERVER_SETTINGS } from './server-settings.js';

/** What an FL server is started with. */
export interface ServerPlan {
  readonly settings: FLServerSettings & { readonly dataDir: string };
  readonly parts: FLServerParts;
  /** Gives back what a composition holds. */
  close(): Promise<void>;
}

/**
 * Reads what an FL server is told.
 *
 * @throws {FedOpsError} `invalid-argument` for what is wrong or missing; `not-found` and `storage` for files.
 */
export async function planServer(call: Call): Promise<ServerPlan> {
  const told = await settingsOf(call, 'server', SERVER_SETTINGS);
  const { taskId, initialModel, host, insecure, manager } = told;
  if (taskId === undefined) throw new FedOpsError('invalid-argument', 'name the task: --task-id');
  if (initialModel === undefined) {
    throw new FedOpsError('invalid-argument', 'name the model to start from: --initial-model');
  }
  const asked = { ...told.run, ...runSettingsOf(call.flags) };
  const run = parseWith(RunSettingsSchema, asked, 'settings of the run');
  const joinToken = await secretFrom(call, { ...JOIN_TOKEN, file: told.joinTokenFile });
  const tls = await readTls(told.tlsKey, told.tlsCert);
  const initialParameters = decodeParameters(await readModelFile(initialModel));
  const composition = await composedBy(moduleUrl(told.composition), {
    taskId,
    runId: RunIdSchema.parse('fedops-server'),
    settings: run,
  });
  const { evaluate, strategy = strategyOf(run), limits } = composition;
  const plan = serverPlanOf(run);
  return {
    settings: {
      taskId,
      ...plan,
      dataDir: told.dataDir ?? join(call.context.cwd, '.fedops', 'server'),
      limits: { ...plan.limits, ...limits },
      listen: given({
        host,
        port: told.port,
        tls,
        insecure,
        allowedHosts: told.allowedHost,
        allowedOrigins: told.allowedOrigin,
      }),
      ...given({ enrolmentToken: joinToken }),
    },
    parts: {
      strategy,
      initialParameters,
      logger: createLogger('fl-server'),
      ...given({
        evaluate,
        doors:
          told.flowerPort === undefined
            ? undefined
            : [flowerDoor({ port: told.flowerPort, ...given({ host, tls, insecure }) })],
        reporter: manager === undefined ? undefined : reporterTo(manager, taskId, joinToken),
      }),
    },
    close: async () => composition.close?.(),
  };
}

function reporterTo(manager: string, taskId: TaskId, token: string | undefined) {
  const api = new ServerAPI(
    taskId,
    { baseUrl: manager, performanceUrl: manager, ...given({ token }) },
    { env: {} },
  );
  return createManagerReporter({ api, clock: systemClock, logger: createLogger('fl-server') });
}

function moduleUrl(path: string | undefined): string | null {
  return path === undefined ? null : pathToFileURL(path).href;
}
