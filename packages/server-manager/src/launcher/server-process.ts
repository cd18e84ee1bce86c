import { readFile } from 'node:fs/promises';
import { ServerAPI } from '@fedops/client-api';
import { createLogger } from '@fedops/http-service';
import { decodeParameters } from '@fedops/parameters';
import {
  createManagerReporter,
  FLServer,
  openFileModelStore,
  type RunningServer,
  type RunOutcome,
  systemClock,
} from '@fedops/server';
import { FedOpsError, type RunView } from '@fedops/shared-types';
import type { ServerEnd } from '../runs/run-state.js';
import { endOfError } from './end-of-error.js';
import { type FlowerPlace, flowerDoorOf } from './flower-door-of.js';
import { composedBy, type ServerComposition } from './server-composition.js';
import {
  ORDER_FILE,
  type OrderFile,
  OrderFileSchema,
  OUTCOME_FILE,
  PROCESS_FILE,
  READY_FILE,
  readLaunchFile,
  tellBySpare,
  writeLaunchFile,
} from './server-files.js';
import { limitLog, MAX_LOG_BYTES } from './server-log.js';
import { serverSettingsOf } from './server-settings-of.js';
import { strategyOf } from './strategy-of.js';

/**
 * The process of one FL server, started by the child-process launcher with the run's directory as its argument.
 *
 * It tells what it does by files in that directory alone, so that it needs no manager to go on, and whichever
 * manager looks next finds out. SIGTERM ends the run for good.
 */
const [directory = ''] = process.argv.slice(2);
const {
  FEDOPS_LAUNCH_TOKEN: token,
  FEDOPS_LAUNCH_ENROLMENT_TOKEN: enrolmentToken,
  FEDOPS_LAUNCH_TLS_KEY: key,
  FEDOPS_LAUNCH_TLS_CERTIFICATE: cert,
} = process.env;
const tls = key === undefined || cert === undefined ? undefined : { key, cert };
const logger = createLogger('fl-server');
const stopAsked = new Promise<void>((resolve) => {
  process.once('SIGTERM', resolve);
});

async function main(): Promise<void> {
  limitLog(directory, systemClock, MAX_LOG_BYTES);
  let composition: ServerComposition = {};
  let server: RunningServer;
  try {
    await writeLaunchFile(directory, PROCESS_FILE, { pid: process.pid });
    const order = await readLaunchFile(directory, ORDER_FILE, OrderFileSchema);
    if (order === undefined) throw new FedOpsError('not-found', `${directory} holds no order`);
    composition = await composedBy(order.composition, order);
    server = await start(order, composition);
  } catch (error) {
    logger.error({ err: error }, 'the FL server could not be started');
    await tell(endOfError(error), null);
    await composition.close?.();
    process.exitCode = 1;
    return;
  }
  const { url, port, doorUrls } = server;
  const [flowerUrl] = doorUrls;
  await writeLaunchFile(directory, READY_FILE, {
    pid: process.pid,
    url,
    port,
    ...(flowerUrl !== undefined && { flowerPort: Number(new URL(flowerUrl).port) }),
  });
  void stopAsked.then(() => server.stop('stopped by the server manager'));
  const outcome = await server.finished;
  await tell(endOf(outcome), server.view());
  await server.close();
  await composition.close?.();
}

async function start(order: OrderFile, composition: ServerComposition): Promise<RunningServer> {
  const { evaluate, limits, strategy = strategyOf(order.settings) } = composition;
  const { taskId, runId, managerUrl } = order;
  const api = new ServerAPI(taskId, {
    baseUrl: managerUrl,
    performanceUrl: managerUrl,
    ...(token !== undefined && { token }),
  });
  const told = serverSettingsOf(order, { enrolmentToken, tls });
  const settings = { ...told, limits: { ...told.limits, ...limits } };
  const { flower } = order;
  return new FLServer(settings, {
    strategy,
    ...(flower !== null && { doors: [await flowerDoorOf(flower.module, placeOf(order, flower.port))] }),
    ...(evaluate !== undefined && { evaluate }),
    store: await openFileModelStore(order.models),
    initialParameters: async () => decodeParameters(await readFile(order.initialParameters)),
    reporter: createManagerReporter({ api, clock: systemClock, logger }, { campaignRunId: runId }),
    logger,
  }).start();
}

function placeOf({ listen: { host, insecure } }: OrderFile, port: number): FlowerPlace {
  return { host, port, insecure, ...(tls !== undefined && { tls }) };
}

function endOf(outcome: RunOutcome): ServerEnd {
  switch (outcome.status) {
    case 'published':
      return { kind: 'published', version: outcome.version, digest: outcome.digest };
    case 'failed':
      return { kind: 'failed', reason: outcome.reason, message: outcome.error.message };
    case 'suspended': {
      const message = `the run stands still: ${outcome.error.message}`;
      // Another reason than the disk is a fault of ours, which a pause does not mend.
      return outcome.error.code === 'storage'
        ? { kind: 'suspended', reason: 'storage', message }
        : { kind: 'crashed', message };
    }
  }
}

async function tell(end: ServerEnd, view: RunView | null): Promise<void> {
  try {
    await writeLaunchFile(directory, OUTCOME_FILE, { end, view });
  } catch (error) {
    logger.error({ err: error }, 'how the run ended could not be written down');
    // The manager takes a server that goes without a word for crashed.
    if (end.kind !== 'suspended') return;
    await tellBySpare(directory).catch((cause: unknown) =>
      logger.error({ err: cause }, 'nor the rest of it'),
    );
  }
}

main()
  .catch(async (error: unknown) => {
    logger.error({ err: error }, 'the FL server process failed');
    process.exitCode = 1;
    const end = endOfError(error);
    if (end.kind === 'suspended') await tell(end, null);
  })
  // A report that was given up may still wait for a manager that is gone.
  .finally(() => process.exit());
