import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSafetensors } from '@fedops/model-files';
import { expect, it } from '@jest/globals';
import { type FedopsProcess, fedopsProcess } from './fedops-process.js';
import { modelOf, takePart, until } from './operator.js';
import { temporaryDirectory } from './temporary-directory.js';

const LONG_MS = 300_000;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const execute = promisify(execFile);

/** Below those that outgoing connections take: the second manager shall get it, too. */
async function aFreePort(): Promise<number> {
  for (let port = 21_000 + Math.floor(Math.random() * 9_000); ; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

it(
  'follows a run while its manager is killed and started again, each event once, to the version that it publishes',
  async () => {
    const cwd = await temporaryDirectory();
    const port = await aFreePort();
    const env = { FEDOPS_SERVER_MANAGER_URL: `http://127.0.0.1:${port}` };
    await writeFile(join(cwd, 'm.safetensors'), writeSafetensors(modelOf(0)));
    const fedops = (...args: string[]): FedopsProcess => fedopsProcess(args, { cwd, env });
    const answered = async (...args: string[]) => {
      const { stdout, stderr } = await execute(process.execPath, [MAIN, ...args, '--json'], {
        cwd,
        env: { ...process.env, ...env },
      });
      expect([args, stderr]).toEqual([args, '']);
      return JSON.parse(stdout);
    };
    const manager = () =>
      fedops('manager', '--port', String(port), '--server-ports', 'any', '--stop-servers');

    const first = manager();
    await first.until('ready');
    await answered('task', 'create', 'mnist', '--model', 'm.safetensors', '--rounds', '2');
    await answered('run', 'start', 'mnist', '--min-clients', '3');
    const watching = fedops('events', 'r1');
    await watching.until('reset');
    const { state } = await answered('run', 'show', 'r1');
    takePart(state.url, 'a');
    await watching.until('client-connected');

    first.signal('SIGKILL');
    await first.ended;
    const second = manager();
    await second.until('ready');
    takePart(state.url, 'b');
    await until(() => watching.said.some(({ clientInstanceId }) => clientInstanceId === 'b'), LONG_MS);
    takePart(state.url, 'c');

    expect([await watching.ended, watching.output().stderr]).toEqual([0, '']);
    const ids = watching.said.flatMap(({ eventId }) => eventId ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    expect(watching.said.map(({ stage }) => stage)).toEqual(
      expect.arrayContaining(['round_closed', 'completed']),
    );
    expect(watching.said.at(-1)).toMatchObject({ stage: 'run_published', version: 1 });
    expect(await answered('why', 'r1')).toMatchObject({ reason: 'published' });
    second.signal('SIGTERM');
    expect(await second.ended).toBe(0);
  },
  LONG_MS,
);
