import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ServerAPI } from '@fedops/client-api';
import { flowerDoor } from '@fedops/flower-door';
import { createLogger } from '@fedops/http-service';
import { decodeParameters, type Parameters } from '@fedops/parameters';
import {
  campaignFrom,
  createManagerReporter,
  type FLServerParts,
  type FLServerSettings,
  initialModelFrom,
  type Reporter,
  systemClock,
} from '@fedops/server';
import { composedBy, strategyOf } from '@fedops/server-manager';
import { FedOpsError, RunIdSchema } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import { secretFrom } from '../../config/secret.js';
import { settingsOf } from '../../config/settings-of.js';
import { given } from '../../service/given.js';
import { readTls } from '../../service/listen-settings.js';
import { JOIN_TOKEN, LEAST_TOKEN_LENGTH } from '../../service/token-settings.js';
import { runSettingsOf } from '../runs/run-flags.js';
import { readModelFile } from '../tasks/initial-model.js';
import { assertCarriedOut, campaignRun } from './campaign-run.js';
import { downloadInitialModel } from './download-initial-model.js';
import { SERVER_SETTINGS } from './server-settings.js';

/** What an FL server is started with. */
export interface ServerPlan {
  readonly settings: FLServerSettings & { readonly dataDir: string };
  readonly parts: FLServerParts;
  /** Gives back what a composition holds. */
  close(): Promise<void>;
}

/**
 * Reads what an FL server is told: by flags and settings, and where they say nothing by the variables with which
 * FedOps 1.3 starts one.
 *
 * @throws {FedOpsError} `invalid-argument` for what is wrong or missing; `not-found` and `storage` for files; as
 *   `campaignFrom`, `assertCarriedOut`, `initialModelFrom` and `downloadInitialModel` for the variables.
 */
export async function planServer(call: Call): Promise<ServerPlan> {
  const told = await settingsOf(call, 'server', SERVER_SETTINGS);
  const { taskId, host, insecure, manager } = told;
  if (taskId === undefined) throw new FedOpsError('invalid-argument', 'name the task: --task-id');
  const campaign = campaignFrom(call.context.env);
  const said = { ...told.run, ...runSettingsOf(call.flags) };
  const { run, plan } = campaignRun(campaign, said);
  const joinToken = await secretFrom(call, {
    ...JOIN_TOKEN,
    leastLength: LEAST_TOKEN_LENGTH,
    file: told.joinTokenFile,
  });
  const tls = await readTls(told.tlsKey, told.tlsCert);
  const initialParameters = await modelToStartFrom(call, told.initialModel);
  const composition = await composedBy(moduleUrl(told.composition), {
    taskId,
    runId: RunIdSchema.parse(plan.runId ?? 'fedops-server'),
    settings: run,
  });
  const { evaluate, strategy = strategyOf(run), limits } = composition;
  const brought = {
    strategy: said.strategy !== undefined || composition.strategy !== undefined,
    evaluate: evaluate !== undefined,
  };
  try {
    assertCarriedOut(campaign, brought);
  } catch (error) {
    await composition.close?.();
    throw error;
  }
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
        reporter:
          manager === undefined
            ? undefined
            : reporterFor(
                new ServerAPI(
                  taskId,
                  { baseUrl: manager, performanceUrl: manager, ...given({ token: joinToken }) },
                  { env: {} },
                ),
                plan.runId,
              ),
      }),
    },
    close: async () => composition.close?.(),
  };
}

/** The user's model file, else the one that the environment names. */
async function modelToStartFrom(
  { context }: Pick<Call, 'context'>,
  path: string | undefined,
): Promise<Parameters> {
  if (path !== undefined) return decodeParameters(await readModelFile(path));
  const source = initialModelFrom(context.env);
  if (source !== undefined) return downloadInitialModel(context, source, { signal: context.signal });
  throw new FedOpsError(
    'invalid-argument',
    'name the model to start from: --initial-model, or FEDOPS_INITIAL_MODEL_URL',
  );
}

function reporterFor(api: ServerAPI, campaignRunId: string | undefined): Reporter {
  const logger = createLogger('fl-server');
  return createManagerReporter({ api, clock: systemClock, logger, env: {} }, given({ campaignRunId }));
}

function moduleUrl(path: string | undefined): string | null {
  return path === undefined ? null : pathToFileURL(path).href;
}
