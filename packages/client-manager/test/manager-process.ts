import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StateView } from '@fedops/client-manager';
import { afterEach } from '@jest/globals';

const MANAGER = fileURLToPath(new URL('./fixtures/manager-process.mjs', import.meta.url));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

export interface ManagerProcess {
  readonly url: string;
  /** Exit code, null after SIGKILL; and how long it took, in milliseconds. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; ms: number }>;
  /** Asks `/state` until it shows this. */
  until(condition: (state: StateView) => boolean): Promise<StateView>;
}

export async function managerProcess(
  dataDir: string,
  clientUrl: string,
  serverManagerUrl: string,
): Promise<ManagerProcess> {
  const child = spawn(process.execPath, [MANAGER, dataDir, clientUrl, serverManagerUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  children.push(child);
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url,
    async end(signal) {
      const asked = performance.now();
      const exited = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      const [code] = await exited;
      return { code, ms: performance.now() - asked };
    },
    async until(condition) {
      for (;;) {
        const state = (await (await fetch(`${url}/state`)).json()) as StateView;
        if (condition(state)) return state;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
