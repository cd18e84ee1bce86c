import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fakeManager } from './fake-manager.js';

const CLIENT = fileURLToPath(new URL('./fixtures/client-process.mjs', import.meta.url));

const children: ChildProcess[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

interface ClientProcess {
  readonly url: string;
  /** Exit code and how long it took, in milliseconds. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  startTraining(): Promise<void>;
}

async function aClientProcess(managerUrl: string): Promise<ClientProcess> {
  const env = { PATH: process.env.PATH, FEDOPS_CLIENT_MANAGER_URL: managerUrl };
  const child = spawn(process.execPath, [CLIENT], { stdio: ['ignore', 'pipe', 'inherit'], env });
  children.push(child);
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url,
    async end(signal) {
      const exited = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
    async startTraining() {
      await fetch(`${url}/start`, { method: 'POST' });
      for (let phase = ''; phase !== 'fitting'; ) {
        const answer = (await (await fetch(`${url}/online`)).json()) as { session: { phase: string } };
        phase = answer.session.phase;
      }
    },
  };
}

describe('exitOnSignals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends a client that trains with code 0 on %s, long before it is done, and tells the manager',
    async (signal) => {
      const manager = await fakeManager();
      const client = await aClientProcess(manager.url);
      await client.startTraining();
      expect(await client.end(signal)).toBe(0);
      expect(manager.calls).toEqual(['GET /flclient_out']);
    },
  );

  it('ends an idle client', async () => {
    const manager = await fakeManager();
    const client = await aClientProcess(manager.url);
    expect(await client.end('SIGTERM')).toBe(0);
    expect(manager.calls).toEqual(['GET /flclient_out']);
  });

  it('does not wait for a manager that does not answer', async () => {
    const silent = createServer(() => {});
    servers.push(silent);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
    const client = await aClientProcess(`http://127.0.0.1:${address.port}`);
    await client.startTraining();
    expect(await client.end('SIGTERM')).toBe(0);
  });
});
