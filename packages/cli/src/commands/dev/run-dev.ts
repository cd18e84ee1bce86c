import { join } from 'node:path';
import { FedOpsError, type ManagedRun } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import { settingsOf } from '../../config/settings-of.js';
import { isOver } from '../../manager-api/follow-run.js';
import { type ManagerLine, openManagerLine } from '../../manager-api/manager-line.js';
import { aborted } from '../../service/aborted.js';
import { getModel } from '../models/get-model.js';
import { watchRun } from '../runs/watch-run.js';
import { type DevDirectory, openDevDirectory } from './dev-directory.js';
import { DEV_SETTINGS } from './dev-settings.js';
import { modelText, openingText, stayingText } from './dev-words.js';
import { joinLine, joinText } from './join-line.js';
import { ensureSampleTask, SAMPLE_TASK_ID, type SampleRun } from './sample-task.js';
import { type Services, startServices } from './services.js';

const DEFAULT_PORT = 40_019;
const DEFAULT_ROUNDS = 5;

/** A whole federation on this machine: a run of the sample task, and then whatever is asked of it until it is told to end. */
export async function runDev(call: Call): Promise<void> {
  const { context, output } = call;
  const told = await settingsOf(call, 'dev', DEV_SETTINGS);
  const { host, port = DEFAULT_PORT, rounds = DEFAULT_ROUNDS, seed = 0 } = told;
  const directory = await openDevDirectory(told.dataDir ?? join(context.cwd, '.fedops', 'dev'));
  const services = startServices(directory, { host, port });
  try {
    const managerUrl = await orFirst(services, call, services.managerUrl);
    output.item({ event: 'ready', service: 'dev', url: managerUrl, dataDir: directory.root }, openingText);
    const manager = openManagerLine(context, { url: managerUrl, token: directory.adminToken });
    await orFirst(services, call, runSample(call, manager, services, { rounds, seed }));
    await tellModel(call, manager, directory);
    if (told.once === true) return;
    const join = joinLine(managerUrl, directory.joinToken);
    const { adminTokenFile } = directory;
    output.item({ event: 'join', ...join }, (line, style) =>
      stayingText(
        { join: joinText(line, process.platform), managerUrl, adminTokenFile, isLocal: host === undefined },
        style,
      ),
    );
    await Promise.race([aborted(context.signal), firstEnd(services)]);
  } finally {
    await services.stop();
  }
}

/** Starts a run, or goes on with the one that an earlier `dev` left, and shows it until it is over. */
async function runSample(
  call: Call,
  manager: ManagerLine,
  services: Services,
  sample: SampleRun,
): Promise<void> {
  const { signal } = call.context;
  await ensureSampleTask(manager, sample, signal);
  const [newest] = await manager.api.listRuns({ taskId: SAMPLE_TASK_ID, limit: 1, signal });
  const run: ManagedRun =
    newest !== undefined && !isOver(newest)
      ? newest
      : await manager.api.startRun(SAMPLE_TASK_ID, {}, { signal });
  await Promise.all([watchRun(call, manager, run), services.clientsReady]);
}

async function tellModel(call: Call, manager: ManagerLine, directory: DevDirectory): Promise<void> {
  const model = await manager.api.getModel(SAMPLE_TASK_ID, 'latest', { signal: call.context.signal });
  const { version, digest, metrics } = model;
  const { path } = await getModel(call, manager, model, {
    format: 'raw',
    output: directory.model(version),
    force: true,
  });
  call.output.item({ event: 'model', taskId: SAMPLE_TASK_ID, version, path, digest, metrics }, modelText);
}

/** What the promise gives, unless a service ends or the command is told to end before. */
async function orFirst<T>(services: Services, { context }: Call, promise: Promise<T>): Promise<T> {
  const stopped = aborted(context.signal).then(() => {
    throw new FedOpsError('aborted', 'the command was ended');
  });
  return Promise.race([promise, firstEnd(services), stopped]);
}

async function firstEnd({ firstEnd }: Services): Promise<never> {
  throw await firstEnd;
}
