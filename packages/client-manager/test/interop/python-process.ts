import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach } from '@jest/globals';

/** What a Python process tells, in the order in which it came. */
export interface PythonProcess {
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is for the test to say
  readonly events: any[];
  /** Resolves with the first event of a name, past or to come. */
  told(event: string): ReturnType<PythonProcess['events']['at']> extends infer E ? Promise<E> : never;
  /** Lets go of it; resolves once it has ended. */
  end(): Promise<void>;
}

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** The Python that the run of these tests found, or that FEDOPS_PYTHON names. */
const PYTHON = process.env.FEDOPS_PYTHON ?? 'python3';

export function python(script: string, ...args: string[]): PythonProcess {
  const path = fileURLToPath(new URL(`../python/${script}`, import.meta.url));
  const child = spawn(PYTHON, ['-B', path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const events: { event: string }[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => events.push(JSON.parse(line)));
  return {
    events,
    async told(event) {
      for (;;) {
        const found = events.find((told) => told.event === event);
        if (found !== undefined) return found;
        await once(lines, 'line');
      }
    },
    async end() {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}

/** A port of loopback that was free a moment ago. */
export async function aFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
