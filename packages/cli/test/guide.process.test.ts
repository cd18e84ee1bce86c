import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readNpz } from '@fedops/model-files';
import { expect, test } from '@jest/globals';
import { type FedopsProcess, fedopsProcess } from './fedops-process.js';

const GUIDE = new URL('../../../docs/guides/first-federation.md', import.meta.url);
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** Within the repository, so that Node finds the packages that the guide installs; not under version control. */
const WORK = fileURLToPath(new URL('../../../.fedops/', import.meta.url));
const LONG_MS = 300_000;

const guide = await readFile(GUIDE, 'utf8');

function linesUnder(title: string): readonly string[] {
  const [section = ''] = guide.split(/^## /m).filter((text) => text.startsWith(title));
  const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!);
  return blocks.flatMap((block) => block.trim().split('\n'));
}

/** The words of a line, quotes taken off, without `npx fedops`. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!).slice(2);
}

/** Below the ports that connections go out from. */
async function freePort(): Promise<number> {
  for (let port = 21_000; ; port++) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => server.close(resolve));
    if (isFree) return port;
  }
}

async function run(line: string, cwd: string, env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...wordsOf(line)], {
    cwd,
    env: { ...process.env, ...env },
  });
  return stdout;
}

test(
  'the guide to a first federation can be followed word for word',
  async () => {
    await mkdir(WORK, { recursive: true });
    const cwd = await mkdtemp(join(WORK, 'guide-'));
    const port = await freePort();
    const here = (line: string) => line.replaceAll('40019', String(port));
    const begin = (line: string) => fedopsProcess(wordsOf(here(line)), { cwd });
    const end = async (service: FedopsProcess) => {
      service.signal('SIGINT');
      expect(await service.ended).toBe(0);
    };
    try {
      expect(linesUnder('A model in a few seconds')).toContain('npx fedops dev');
      const dev = begin(`npx fedops dev --port ${port}`);
      await dev.until('join');

      const asking = linesUnder('Ask, and train again').map(here);
      const exports = asking.flatMap((line) => /^export (\w+)=(.+)$/.exec(line)?.slice(1, 3) ?? []);
      const env = { [exports[0]!]: exports[1]!, [exports[2]!]: exports[3]! };
      const commands = asking.filter((line) => line.startsWith('npx fedops'));
      // A machine of its own would have all of the usual ports free, which `doctor` looks at.
      for (const line of commands.filter((one) => one !== 'npx fedops doctor')) await run(line, cwd, env);
      expect(await run('npx fedops model list digits', cwd, env)).toContain('V2');
      await end(dev);

      const files = [...guide.matchAll(/`([\w.]+)`:\n\n```js\n([\s\S]*?)```/g)];
      for (const [, name, code] of files) await writeFile(join(cwd, name!), code!);
      await promisify(execFile)(process.execPath, ['model.mjs'], { cwd });
      const [create, first, second, start, get] = linesUnder('Your own data').slice(3);
      const manager = begin(`npx fedops manager --port ${port} --server-ports any`);
      const { url } = await manager.until('ready');
      const own = { FEDOPS_SERVER_MANAGER_URL: url };
      await run(create!, cwd, own);
      const clients = [begin(first!), begin(second!)];
      for (const client of clients) await client.until('ready');
      await run(start!, cwd, own);
      await run(get!, cwd, own);
      const { tensors } = readNpz(await readFile(join(cwd, 'mean-v1.npz')));
      expect(Array.from(tensors[0] as Float32Array)).toEqual([4]);
      for (const client of clients) await end(client);
      await end(manager);
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  },
  LONG_MS,
);
