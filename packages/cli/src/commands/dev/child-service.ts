import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@fedops/client-api';
import { ErrorBodySchema, FedOpsError } from '@fedops/shared-types';
import { z } from 'zod';
import { MOST_LOG_BYTES, shortenLog } from './short-log.js';

/** What a service says on standard output once it takes requests. */
const ReadySchema = z.object({ event: z.literal('ready'), url: z.url(), port: z.int() });
export type Ready = z.output<typeof ReadySchema>;

export interface ChildOrder {
  /** For people. */
  readonly name: string;
  /** The words of the command line behind `fedops`. */
  readonly args: readonly string[];
  /** Where it runs: no configuration file of somebody else's lies there. */
  readonly cwd: string;
  readonly env: Environment;
  /** Takes what the service writes to standard error. */
  readonly logFile: string;
}

/** A service in a process of its own. */
export interface ChildService {
  readonly name: string;
  /** @throws {FedOpsError} with what the service could not start; `unavailable` where it ended without a word. */
  readonly ready: Promise<Ready>;
  /** How it ended, told in an error; resolves when it has. */
  readonly ended: Promise<FedOpsError>;
  /** Ends it by ending its standard input, and by force where it does not heed that; resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends it by force, at once. */
  kill(): void;
}

type ServiceProcess = ChildProcessByStdio<Writable, Readable, null>;

const LOOK_AT_LOG_MS = 10_000;
/** A server manager waits for its FL servers to be gone. */
const STOP_WITHIN_MS = 40_000;
const TAIL_LINES = 5;

const MAIN = fileURLToPath(new URL('../../main.js', import.meta.url));

/**
 * Starts a service of this package as a process. Its standard input is a pipe from here, and it ends when that does:
 * however this process goes, none of its services stays.
 *
 * @throws {FedOpsError} `storage` where the log cannot be written.
 */
export async function startChild({ name, args, cwd, env, logFile }: ChildOrder): Promise<ChildService> {
  const log = await emptied(logFile).catch((cause: unknown) => {
    throw new FedOpsError('storage', `cannot write ${logFile}: ${FedOpsError.from(cause).message}`, {
      cause,
    });
  });
  const child = spawn(process.execPath, [MAIN, ...args, '--json', '--stop-on-eof'], {
    stdio: ['pipe', 'pipe', log.fd],
    cwd,
    env: withoutSettings(env),
    // A group of its own: Ctrl-C reaches the parent alone, which then stops all in order.
    detached: process.platform !== 'win32',
    windowsHide: true,
  }) as ServiceProcess;
  await log.close();
  // A service that is gone closes its end; that it is gone is told by `ended`.
  child.stdin.on('error', () => {});

  const looking = setInterval(() => void shortenLog(logFile, MOST_LOG_BYTES), LOOK_AT_LOG_MS);
  const ended = endOf(child).then(async (how) => {
    clearInterval(looking);
    return errorFrom(await tailOf(logFile), `${name} ${how}`, logFile);
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = ReadySchema.safeParse(parsed(line));
      if (said.success) resolve(said.data);
    });
    void ended.then(reject);
  });
  ready.catch(() => {});

  async function stop(): Promise<void> {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await ended;
    clearTimeout(timer);
  }

  return { name, ready, ended, stop, kill: () => void child.kill('SIGKILL') };
}

/** What the environment says to services is meant for others than these. */
function withoutSettings(env: Environment): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('FEDOPS_')));
}

async function endOf(child: ServiceProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit');
    return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
  } catch (error) {
    return `could not be run: ${FedOpsError.from(error).message}`;
  }
}

/** Appended to, so that a service of another parent that still writes there leaves no gap. */
async function emptied(path: string): Promise<FileHandle> {
  const file = await open(path, 'a', 0o600);
  await file.truncate();
  return file;
}

/** A service that could not start has said why, as an error body, in one of its last lines. */
function errorFrom(tail: readonly string[], how: string, logFile: string): FedOpsError {
  for (const line of tail.toReversed()) {
    const { data: body } = ErrorBodySchema.safeParse(parsed(line));
    if (body !== undefined) return new FedOpsError(body.code, `${how}: ${body.message}`);
  }
  const words = tail.filter((line) => parsed(line) === undefined);
  return new FedOpsError('unavailable', [how, ...words, `its log: ${logFile}`].join('\n'));
}

async function tailOf(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.slice(-TAIL_LINES);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
