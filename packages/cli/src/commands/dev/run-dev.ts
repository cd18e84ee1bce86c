import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import type { Call } from '../../call.js';
import { settingsOf } from '../../config/settings-of.js';
import { aborted } from '../../service/aborted.js';
import { openDevDirectory } from './dev-directory.js';
import { DEV_SETTINGS } from './dev-settings.js';
import { openingText, stayingText } from './dev-words.js';
import { joinLine, joinText, nextRunCommand, shellText } from './join-line.js';
import { type Services, startServices } from './services.js';

const DEFAULT_PORT = 40_019;
const DEFAULT_ROUNDS = 5;

/** A whole federation on this machine: a run of the sample task, and then whatever is asked of it until it is told to end. */
export async function runDev(call: Call): Promise<void> {
  const { context, output } = call;
  const told = await settingsOf(call, 'dev', DEV_SETTINGS);
  const { host, port = DEFAULT_PORT, rounds = DEFAULT_ROUNDS, seed = 0, flower = false } = told;
  const directory = await openDevDirectory(told.dataDir ?? join(context.cwd, '.fedops', 'dev'));
  const services = startServices(directory, { host, port, flower, env: context.env });
  // While the services start, this process has nothing to do.
  const loading = import('./run-sample.js');
  const bar = output.progress({ title: 'dev', total: 1 });
  bar.update(0, 'the server manager starts');
  try {
    const managerUrl = await orFirst(services, call, services.managerUrl);
    bar.close();
    output.item({ event: 'ready', service: 'dev', url: managerUrl, dataDir: directory.root }, openingText);
    const { runSample } = await loading;
    const connection = { url: managerUrl, token: directory.adminToken };
    const trained = runSample(call, connection, { directory, sample: { rounds, seed } });
    await orFirst(services, call, Promise.all([trained, services.clientsReady]));
    if (told.once === true) return;
    const join = joinLine(managerUrl, directory.joinToken);
    const again = shellText(nextRunCommand(managerUrl, directory.adminTokenFile));
    output.item({ event: 'join', ...join }, (line, style) =>
      stayingText({ join: joinText(line, process.platform), again, isLocal: host === undefined }, style),
    );
    await Promise.race([aborted(context.signal), firstEnd(services)]);
  } finally {
    bar.close();
    await services.stop();
  }
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
