import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeSafetensors } from '@fedops/model-files';
import { describe, expect, test } from '@jest/globals';
import { initialDigitsModel } from '../src/sample/digits-model.js';
import { type FedopsProcess, fedopsProcess } from './fedops-process.js';
import { temporaryDirectory } from './temporary-directory.js';

const LONG_MS = 300_000;
const DIGITS_SERVER = fileURLToPath(new URL('../dist/sample/digits-server.js', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./fixtures/copying-program.mjs', import.meta.url));
const SECRET = 'a-secret-of-forty-characters-that-nobody-says';
const SECRETS = { FEDOPS_JOIN_TOKEN: SECRET, FEDOPS_ADMIN_TOKEN: SECRET, FEDOPS_CONTROL_TOKEN: SECRET };

const onUnix = process.platform === 'win32' ? describe.skip : describe;

function wordsOf({ output }: FedopsProcess): string {
  return output().stdout + output().stderr;
}

async function withModel(): Promise<string> {
  const cwd = await temporaryDirectory();
  await writeFile(join(cwd, 'start.safetensors'), writeSafetensors(initialDigitsModel()));
  return cwd;
}

function startServer(cwd: string, ...more: readonly string[]): FedopsProcess {
  const words = [
    '--task-id',
    'digits',
    '--initial-model',
    'start.safetensors',
    '--port',
    '0',
    '--rounds',
    '1',
  ];
  return fedopsProcess(['server', ...words, ...more], { cwd, env: SECRETS });
}

onUnix('a service', () => {
  const COMMANDS = {
    manager: ['manager', '--port', '0', '--server-ports', 'any'],
    'client-manager': ['client-manager', '--port', '0', '--manager', 'http://127.0.0.1:1'],
    client: ['client', '--port', '0', '--task-id', 'digits', '--sample', 'digits'],
    'client with its own manager': [
      ...['client', '--port', '0', '--task-id', 'digits', '--sample', 'digits'],
      ...['--managed', '--manager', 'http://127.0.0.1:1'],
    ],
  };

  test.each(Object.entries(COMMANDS))(
    '%s says when it is ready, answers, stops on SIGTERM, and says no secret',
    async (_, args) => {
      const service = fedopsProcess(args, { cwd: await temporaryDirectory(), env: SECRETS });
      const { url } = await service.until('ready');
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
      service.signal('SIGTERM');
      expect(await service.ended).toBe(0);
      expect(service.said.at(-1)).toMatchObject({ event: 'stopped' });
      expect(wordsOf(service)).not.toContain(SECRET);
    },
    LONG_MS,
  );
});

test(
  'an FL server and a client of one run make V1, and both end with it',
  async () => {
    const cwd = await withModel();
    const server = startServer(
      cwd,
      '--composition',
      DIGITS_SERVER,
      '--flower-port',
      '0',
      '--fit',
      'localEpochs=3',
    );
    const { url, doors } = await server.until('ready');
    expect(doors).toEqual([expect.stringMatching(/^grpc:\/\/127\.0\.0\.1:\d+$/)]);
    const client = fedopsProcess(
      ['client', '--once', '--task-id', 'digits', '--sample', 'digits', '--server', url],
      { cwd, env: SECRETS },
    );
    expect(await client.until('finished')).toMatchObject({ version: 1 });
    expect(await server.until('published')).toMatchObject({ version: 1 });
    expect([await client.ended, await server.ended]).toEqual([0, 0]);
    expect(wordsOf(server) + wordsOf(client)).not.toContain(SECRET);
  },
  LONG_MS,
);

test(
  'any program trains, told by --command and the words behind it',
  async () => {
    const cwd = await withModel();
    const server = startServer(cwd);
    const { url } = await server.until('ready');
    const client = fedopsProcess(
      ['client', '--once', '--task-id', 'digits', '--server', url, '--command', process.execPath, PROGRAM],
      { cwd, env: SECRETS },
    );
    expect(await client.until('finished')).toMatchObject({ version: 1 });
    expect([await client.ended, await server.ended]).toEqual([0, 0]);
  },
  LONG_MS,
);

(process.platform === 'linux' ? describe : describe.skip)('a data directory that cannot be made', () => {
  test.each([
    ['manager', ['manager', '--port', '0']],
    ['server', ['server', '--task-id', 'digits', '--initial-model', 'start.safetensors', '--port', '0']],
    ['client', ['client', '--task-id', 'digits', '--sample', 'digits', '--port', '0']],
    ['client-manager', ['client-manager', '--manager', 'http://127.0.0.1:1', '--port', '0']],
  ])(
    'ends fedops %s with its name',
    async (_, args) => {
      const refused = fedopsProcess([...args, '--data-dir', '/proc/fedops/data'], { cwd: await withModel() });
      expect(await refused.ended).toBe(8);
      expect(JSON.parse(refused.output().stderr.trim())).toMatchObject({
        code: 'storage',
        message: expect.stringContaining('/proc/fedops/data'),
      });
    },
    LONG_MS,
  );
});

onUnix('an FL server that is told to end in the middle of a run', () => {
  test(
    'leaves the run as it is, and the next one goes on with it',
    async () => {
      const cwd = await withModel();
      const first = startServer(cwd);
      const { runId } = await first.until('ready');
      first.signal('SIGTERM');
      expect(await first.ended).toBe(0);
      const second = startServer(cwd);
      expect((await second.until('ready')).runId).toBe(runId);
      second.signal('SIGINT');
      expect(await second.ended).toBe(0);
    },
    LONG_MS,
  );
});

test.each([
  ['a client without a task', ['client', '--sample', 'digits']],
  ['a client that nobody trains', ['client', '--task-id', 'digits']],
  [
    'a client that two train',
    ['client', '--task-id', 'digits', '--sample', 'digits', '--command', 'python3'],
  ],
  ['an FL server without a model', ['server', '--task-id', 'digits']],
  ['a client manager without a server manager', ['client-manager']],
  ['a manager beyond loopback', ['manager', '--host', '0.0.0.0', '--port', '0']],
])('%s is refused with exit code 2', async (_, args) => {
  const refused = fedopsProcess(args, { cwd: await temporaryDirectory() });
  expect(await refused.ended).toBe(2);
  expect(JSON.parse(refused.output().stderr.trim())).toMatchObject({ code: 'invalid-argument' });
});
