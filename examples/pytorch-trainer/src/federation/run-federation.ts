import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FLClientTask } from '@fedops/client-app';
import { commandTrainer } from '@fedops/command-trainer';
import { FLServer, type RunningServer } from '@fedops/server';
import { FedOpsError, type RoundRecord } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { readDigits, writeDigits } from '../digits/digit-files.js';
import { firstOf } from '../digits/digits.js';
import type { Options } from '../options.js';
import { initialModel } from './initial-model.js';
import { problemLogger } from './problem-logger.js';

const SCRIPTS = fileURLToPath(new URL('../../python/', import.meta.url));

const TASK_ID = 'digits';
const SEED = 1;
const TRAIN_IMAGES = 2_000;
const TEST_IMAGES = 1_000;

/** Who takes part, and which digits each has to train on; both are measured on all. */
const CLIENTS = [
  { clientId: 'low', digits: [0, 1, 2, 3, 4] },
  { clientId: 'high', digits: [5, 6, 7, 8, 9] },
];

/**
 * Runs one federation: an FL server and two clients in this process, and for each fit and evaluation the script in a
 * process of its own.
 *
 * @param onRound Hears of each round that has ended.
 * @param signal Ends the run, and the scripts with it.
 * @returns The version that was published.
 * @throws {FedOpsError} Why the run failed.
 */
export async function runFederation(
  options: Options,
  onRound: (record: RoundRecord) => void,
  signal: AbortSignal,
): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'fedops-pytorch-trainer-'));
  try {
    await writeClientDigits(directory);
    const server = await startServer(options, onRound);
    const tasks = CLIENTS.map(({ clientId }) => clientTask(clientId, { directory, server, options }));
    const stop = async (reason: string) => {
      await Promise.all([server.stop(reason), ...tasks.map((task) => task.stop(reason))]);
    };
    signal.addEventListener('abort', () => void stop('interrupted'), { once: true });
    try {
      const [outcome] = await Promise.all([server.finished, ...tasks.map((task) => task.flClientStart())]);
      if (outcome.status === 'published') return outcome.version;
      throw outcome.status === 'failed' ? outcome.error : new FedOpsError('internal', 'the run stands still');
    } finally {
      await stop('the run is over');
      await server.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeClientDigits(directory: string): Promise<void> {
  const [train, test] = await Promise.all([readDigits('train'), readDigits('test')]);
  const allDigits = CLIENTS.flatMap(({ digits }) => digits);
  for (const { clientId, digits } of CLIENTS) {
    await writeDigits(join(directory, clientId), {
      train: firstOf(digits, TRAIN_IMAGES, train),
      test: firstOf(allDigits, TEST_IMAGES, test),
    });
  }
}

function startServer({ rounds }: Options, onRound: (record: RoundRecord) => void): Promise<RunningServer> {
  return new FLServer(
    {
      taskId: TASK_ID,
      rounds,
      seed: SEED,
      listen: { port: 0 },
      selection: { minConnected: CLIENTS.length },
      policy: { quorum: CLIENTS.length, retries: 0 },
    },
    {
      strategy: fedAvg({ fitConfig: { localEpochs: 1 } }),
      initialParameters: initialModel(SEED),
      logger: problemLogger,
      reporter: {
        report(report) {
          if (report.kind === 'round-ended') onRound(report.record);
        },
        close: async () => {},
      },
    },
  ).start();
}

interface ClientSurroundings {
  readonly directory: string;
  readonly server: RunningServer;
  readonly options: Options;
}

function clientTask(clientId: string, { directory, server, options }: ClientSurroundings): FLClientTask {
  const folder = join(directory, clientId);
  // #region trainer
  const trainer = commandTrainer({
    command: [options.python, options.script, folder],
    cwd: SCRIPTS,
    format: options.format,
    env: { OMP_NUM_THREADS: '1' },
  });
  // #endregion trainer
  return new FLClientTask(
    { taskId: TASK_ID, trainer, clientId, key: `the key of ${clientId}, a client`, serverUrl: server.url },
    { logger: problemLogger },
  );
}
