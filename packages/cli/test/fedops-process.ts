import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

// biome-ignore lint/suspicious/noExplicitAny: what came is what the test is about.
export type Said = any;

/** A command line in a process of its own, which speaks JSON. */
export interface FedopsProcess {
  /** All that it has said so far. */
  readonly said: readonly Said[];
  readonly output: () => { readonly stdout: string; readonly stderr: string };
  /** The first thing that it says, or has said, of this event; rejects where it ends without. */
  until(event: string): Promise<Said>;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  signal(signal: NodeJS.Signals): void;
}

export interface ProcessSettings {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

const living = new Set<ChildProcess>();

afterEach(() => {
  for (const child of living) child.kill('SIGKILL');
});

/** Starts `fedops … --json`; what is left of it after the test is killed. */
export function fedopsProcess(args: readonly string[], { cwd, env = {} }: ProcessSettings): FedopsProcess {
  const child = spawn(process.execPath, [MAIN, '--json', ...args], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  living.add(child);
  const said: Said[] = [];
  const written = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const look of waiting) look();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    written.stdout += `${line}\n`;
    said.push(JSON.parse(line));
    wake();
  });
  child.stderr.on('data', (chunk) => {
    written.stderr += chunk;
  });
  let isOver = false;
  const ended = once(child, 'close').then(([code]) => {
    living.delete(child);
    isOver = true;
    wake();
    return code as number | null;
  });
  return {
    said,
    output: () => ({ ...written }),
    until: (event) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = said.find((one) => one.event === event);
          if (found === undefined && !isOver) return;
          waiting.delete(look);
          if (found !== undefined) resolve(found);
          else reject(new Error(`it ended without ${event}: ${written.stderr}`));
        };
        waiting.add(look);
        look();
      }),
    ended,
    signal: (signal) => void child.kill(signal),
  };
}

/** The processes of this machine whose command line names the path. */
export function processesNaming(path: string): readonly string[] {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' });
  return listed.split('\n').filter((line) => line.includes(path) && !line.includes(' ps -A'));
}

/** Resolves when no process names the path any more; rejects with those that do after so long. */
export async function noProcessNaming(path: string, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs;
  for (;;) {
    const left = processesNaming(path);
    if (left.length === 0) return;
    if (Date.now() > until) throw new Error(`still there:\n${left.join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
