import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';

/** A demo under way, as somebody at a terminal has it. */
export interface RunningDemo {
  /** Resolves with the match once a line of stdout matches; rejects where the demo ends before. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when the demo has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  /** What it has written so far. */
  stdout(): string;
  signal(name: NodeJS.Signals): void;
}

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const running: RunningDemo[] = [];
afterEach(async () => {
  for (const demo of running) demo.signal('SIGTERM');
  await Promise.all(running.splice(0).map(({ ended }) => ended));
});

export function emptyDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'fedops-demo-'));
}

export function startDemo(...args: string[]): RunningDemo {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const looks = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const look of looks) look();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));

  const demo: RunningDemo = {
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(stdout);
          if (match === null) return;
          looks.delete(look);
          resolve(match);
        };
        looks.add(look);
        look();
        void ended.then(() => reject(new Error(`the demo ended before ${pattern}:\n${stdout}${stderr}`)));
      }),
    ended,
    stdout: () => stdout,
    signal: (name) => void child.kill(name),
  };
  running.push(demo);
  return demo;
}

/** Whether a process of this id is there. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves once none of these processes is there any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  while (pids.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 20));
}
