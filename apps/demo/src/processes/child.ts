import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { FedOpsError } from '@fedops/shared-types';
import { type ChildMessage, ChildMessageSchema, type ClientOrder, type Ready } from './messages.js';

export interface ChildSettings {
  /** For people, and of the log file. */
  readonly name: string;
  /** Module that the process runs. */
  readonly module: URL;
  /** Handed to the process as JSON. */
  readonly settings: object;
  /** Takes what the process writes to stderr. */
  readonly logFile: string;
  readonly onMessage: (message: ChildMessage) => void;
}

/** A process that the demo started. */
export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  /**
   * Resolves once the process takes requests.
   *
   * @throws {FedOpsError} what the process could not start with; `unavailable` where it ended, with the last lines
   *   of its log; `deadline-exceeded`.
   */
  readonly ready: Promise<Ready>;
  /** How the process ended, with the last lines of its log; resolves when it has. */
  readonly ended: Promise<FedOpsError>;
  order(order: ClientOrder): void;
  /** SIGTERM, and SIGKILL where that is not heeded; resolves when the process is gone and has told all it had. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): void;
}

const READY_WITHIN_MS = 60_000;
/** A server manager waits for its FL servers, which wait for their clients to hear the end. */
const STOP_WITHIN_MS = 35_000;
const TAIL_LINES = 8;
const LONGEST_LINE = 300;

/** Starts a process; it ends by itself where this one is gone. */
export async function startChild(settings: ChildSettings): Promise<Child> {
  const { name, module, onMessage, logFile } = settings;
  const log = await openLog(logFile);
  const child = fork(module, [JSON.stringify(settings.settings)], {
    stdio: ['ignore', 'ignore', log.fd, 'ipc'],
    // A group of its own: Ctrl-C reaches the demo alone, which then stops all in order.
    detached: process.platform !== 'win32',
    execArgv: [],
  });
  await log.close();

  let told: FedOpsError | undefined;
  const ended = endOf(child).then(async (how) => {
    if (told !== undefined) return told;
    const lines = [`${name} ${how}`, ...(await lastLines(logFile))];
    return new FedOpsError('unavailable', lines.join('\n'));
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(new FedOpsError('deadline-exceeded', `${name} was not ready within ${READY_WITHIN_MS} ms`)),
      READY_WITHIN_MS,
    );
    child.on('message', (value) => {
      const { data: message } = ChildMessageSchema.safeParse(value);
      if (message === undefined) return;
      if (message.kind === 'ready') {
        clearTimeout(timer);
        resolve(message);
      }
      if (message.kind === 'failed') told = new FedOpsError(message.code, `${name}: ${message.message}`);
      onMessage(message);
    });
    void ended.then((error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
  ready.catch(() => undefined);

  let stopping: Promise<void> | undefined;
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  return {
    name,
    pid: child.pid,
    ready,
    ended,
    order: (order) => {
      if (child.connected) child.send(order);
    },
    stop: () => (stopping ??= stop()),
    kill: () => void child.kill('SIGKILL'),
  };
}

/** In words, once the process is gone and its last message was read. */
async function endOf(child: ReturnType<typeof fork>): Promise<string> {
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be run: ${error.message}`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `exited with code ${code}` : `was ended by ${signal}`),
    );
  });
  const silent = child.connected ? once(child, 'disconnect') : Promise.resolve();
  const [how] = await Promise.all([gone, silent]);
  return how;
}

async function openLog(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o600);
  } catch (cause) {
    throw new FedOpsError('storage', `cannot write ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
}

async function lastLines(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.slice(-TAIL_LINES).map((line) => `  ${line.slice(0, LONGEST_LINE)}`);
}
