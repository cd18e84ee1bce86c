import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';
import { pythonOf } from './python-environment.mjs';

/** What a script says on stdout, a JSON line each. */
export interface PythonEvent {
  readonly event: string;
  readonly [fact: string]: unknown;
}

/** A script under way. */
export interface PythonProcess {
  readonly events: readonly PythonEvent[];
  /** The first event of this kind, said already or to come; rejects when the process ends without it. */
  told(event: string): Promise<PythonEvent>;
  /** Resolves with the exit code once the process has ended; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** What it wrote to stderr. */
  stderr(): string;
  kill(): void;
}

const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** What a script is started with. */
export interface PythonSetting {
  /** Path of the interpreter. */
  readonly python: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Variables that every script is started with: no word to anybody, and no proxy on the way to this machine. */
export const QUIET = {
  PYTHONUNBUFFERED: '1',
  FLWR_TELEMETRY_ENABLED: '0',
  OMP_NUM_THREADS: '1',
  NO_PROXY: '127.0.0.1,localhost',
  no_proxy: '127.0.0.1,localhost',
};

/** Starts a script of the folder python with the environment of this release of Flower; killed after the test. */
export function startPython(version: string, script: string, ...args: readonly string[]): PythonProcess {
  return startPythonWith({ python: pythonOf(version) }, script, ...args);
}

/** Starts a script of the folder python, or one at a path; killed after the test. */
export function startPythonWith(
  { python, env = {}, cwd }: PythonSetting,
  script: string,
  ...args: readonly string[]
): PythonProcess {
  const path = script.includes('/') ? script : fileURLToPath(new URL(`python/${script}`, import.meta.url));
  const child = spawn(python, [path, ...args], {
    env: { ...process.env, ...QUIET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  running.add(child);
  const events: PythonEvent[] = [];
  const listeners = new Set<() => void>();
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.startsWith('{')) events.push(JSON.parse(line) as PythonEvent);
    for (const listener of [...listeners]) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  let isOver = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      isOver = true;
      running.delete(child);
      for (const listener of [...listeners]) listener();
      resolve(code);
    });
  });
  return {
    events,
    ended,
    stderr: () => errors,
    kill: () => void child.kill('SIGKILL'),
    told: (event) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = events.find((candidate) => candidate.event === event);
          if (found === undefined && !isOver) return;
          listeners.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`${script} ended without "${event}":\n${errors.slice(-2_000)}`));
        };
        listeners.add(look);
        look();
      }),
  };
}
