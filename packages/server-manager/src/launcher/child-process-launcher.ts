import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Clock,
  FL_SERVER_NODE_FLAGS,
  FLOWER_SERVER_NODE_FLAGS,
  openFileModelStore,
} from '@fedops/server';
import type { Directories } from '../directories.js';
import type { ServerEnd } from '../runs/run-state.js';
import { endOfError } from './end-of-error.js';
import type { Launcher, ServerOrder } from './launcher.js';
import { isProcessAlive } from './process-alive.js';
import {
  clearLaunchFiles,
  LOG_FILE,
  ORDER_FILE,
  type OrderFile,
  PROCESS_FILE,
  ProcessFileSchema,
  readLaunchFile,
  removeLaunchFiles,
  SPARE_OUTCOME_FILE,
  writeLaunchFile,
} from './server-files.js';
import { logTail } from './server-log.js';
import { type WatchedProcess, watchServer } from './watch-server.js';

export interface ChildProcessLauncherParts {
  readonly directories: Directories;
  readonly clock: Clock;
}

export interface ChildProcessLauncherSettings {
  readonly listen: Omit<OrderFile['listen'], 'port'>;
  /** What clients show to the FL server to register. */
  readonly enrolmentToken: string | undefined;
  /** In PEM; undefined for FL servers without TLS. */
  readonly tls: { readonly key: string; readonly cert: string } | undefined;
  /** URL of the module that brings further parts to each FL server. */
  readonly composition: string | undefined;
  /** URL of the module that makes the door for Flower's clients. */
  readonly flowerModule: string | undefined;
  /** Where FL servers report to. */
  managerUrl(): string;
}

/** Of a run that stands still and finds no room to say why. */
const NO_ROOM: ServerEnd = {
  kind: 'suspended',
  reason: 'storage',
  message: 'the run stands still: its disk failed, also when this was to be written',
};

/** Variables that are not for others: an FL server gets its own credentials and no one else's. */
const SECRET_NAME = /token|secret|password|passwd|credential|(^|_)key$/i;

/**
 * FL servers as processes of this machine. They outlive the manager that started them; the next one finds them by
 * the files in their run's directory.
 */
export function createChildProcessLauncher(
  { directories, clock }: ChildProcessLauncherParts,
  settings: ChildProcessLauncherSettings,
): Launcher {
  return {
    launch(order) {
      const directory = directories.run(order.taskId, order.runId);
      return watchServer(clock, launching(directory, start(order, directory)));
    },

    find({ taskId, runId }) {
      const directory = directories.run(taskId, runId);
      return watchServer(clock, found(directory, clock));
    },

    async discard({ taskId, runId }, rounds) {
      await rm(directories.runData(taskId, runId), { recursive: true, force: true });
      const models = await openFileModelStore(directories.models(taskId));
      for (let round = 0; round <= rounds; round++) {
        if ((await models.round(runId, round)) !== undefined) await models.dropRound(runId, round);
      }
    },

    forget: ({ taskId, runId }) => removeLaunchFiles(directories.run(taskId, runId)),

    log: ({ taskId, runId }, maxBytes) => logTail(directories.run(taskId, runId), maxBytes),
  };

  async function start(order: ServerOrder, directory: string): Promise<ChildProcess> {
    const { taskId, runId, port, token } = order;
    const flower = flowerOf(order.flowerPort, settings);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await clearLaunchFiles(directory);
    await writeLaunchFile(directory, ORDER_FILE, {
      taskId,
      runId,
      settings: order.settings,
      dataDir: directories.runData(taskId, runId),
      models: directories.models(taskId),
      initialParameters: directories.initialParameters(taskId),
      listen: { ...settings.listen, port },
      managerUrl: settings.managerUrl(),
      composition: settings.composition ?? null,
      flower,
    });
    await writeLaunchFile(directory, SPARE_OUTCOME_FILE, { end: NO_ROOM, view: null });
    const log = await open(join(directory, LOG_FILE), 'a', 0o600);
    try {
      const module = fileURLToPath(new URL('./server-process.js', import.meta.url));
      const flags = flower === null ? FL_SERVER_NODE_FLAGS : FLOWER_SERVER_NODE_FLAGS;
      const child = spawn(process.execPath, [...flags, module, directory], {
        stdio: ['ignore', log.fd, log.fd],
        // A group of its own: signals to the manager are not for it.
        detached: true,
        windowsHide: true,
        env: environment(token, settings),
      });
      child.unref();
      return child;
    } finally {
      await log.close();
    }
  }
}

function flowerOf(
  port: number | null,
  { flowerModule: module }: Pick<ChildProcessLauncherSettings, 'flowerModule'>,
): OrderFile['flower'] {
  return port === null || module === undefined ? null : { module, port };
}

/** A process that is being started by this manager. */
function launching(directory: string, starting: Promise<ChildProcess>): WatchedProcess {
  let child: ChildProcess | undefined;
  let problem: ServerEnd | undefined;
  let signalled: 'SIGTERM' | 'SIGKILL' | undefined;
  let tell = () => {};

  const begun = starting.then(
    (started) => {
      child = started;
      child.once('error', (error) => {
        problem = { kind: 'crashed', message: `the FL server could not be started: ${error.message}` };
        tell();
      });
      child.once('exit', () => tell());
      if (signalled !== undefined) child.kill(signalled);
    },
    (error: unknown) => {
      const end = endOfError(error);
      problem =
        end.kind === 'suspended'
          ? end
          : { kind: 'crashed', message: `the FL server could not be started: ${end.message}` };
      tell();
    },
  );

  return {
    directory,
    begun,
    isAlive: () =>
      problem === undefined &&
      (child === undefined || (child.exitCode === null && child.signalCode === null)),
    howItEnded() {
      if (problem !== undefined) return problem;
      const message =
        child?.signalCode == null
          ? `the FL server exited with code ${child?.exitCode} without saying how its run ended`
          : `the FL server was ended by ${child.signalCode}`;
      return { kind: 'crashed', message };
    },
    onExit(callback) {
      tell = callback;
    },
    signal(signal) {
      signalled = signal;
      child?.kill(signal);
    },
  };
}

/** How long a process that was just started may take to say who it is. */
const INTRODUCTION_MS = 10_000;

/** A process that another manager started, if it lives. */
function found(directory: string, clock: Clock): WatchedProcess {
  const since = clock.now();
  let pid: number | undefined;
  let asked: 'SIGTERM' | 'SIGKILL' | undefined;
  // The order is written before a process is started.
  const isOrdered = existsSync(join(directory, ORDER_FILE));
  const isIntroducing = () => isOrdered && clock.now() - since < INTRODUCTION_MS;

  async function introduce(): Promise<void> {
    pid = (await readLaunchFile(directory, PROCESS_FILE, ProcessFileSchema).catch(() => undefined))?.pid;
    if (pid === undefined && isIntroducing()) clock.after(50, () => void introduce());
    else if (asked !== undefined) send(asked);
  }

  function send(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (pid !== undefined && isProcessAlive(pid, directory)) process.kill(pid, signal);
  }
  void introduce();

  return {
    directory,
    begun: Promise.resolve(),
    isAlive: () => (pid === undefined ? isIntroducing() : isProcessAlive(pid, directory)),
    howItEnded: () => ({
      kind: 'crashed',
      message: 'the FL server was gone when the server manager came back',
    }),
    signal(signal) {
      asked = signal;
      send(signal);
    },
  };
}

/** Secrets go by the environment, and lie in no file. */
function environment(
  token: string,
  { enrolmentToken, tls }: Pick<ChildProcessLauncherSettings, 'enrolmentToken' | 'tls'>,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !SECRET_NAME.test(name));
  return {
    ...Object.fromEntries(inherited),
    FEDOPS_LAUNCH_TOKEN: token,
    ...(enrolmentToken !== undefined && { FEDOPS_LAUNCH_ENROLMENT_TOKEN: enrolmentToken }),
    ...(tls !== undefined && { FEDOPS_LAUNCH_TLS_KEY: tls.key, FEDOPS_LAUNCH_TLS_CERTIFICATE: tls.cert }),
  };
}
