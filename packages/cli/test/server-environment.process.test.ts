import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { writeNpz } from '@fedops/model-files';
import { afterEach, expect, test } from '@jest/globals';
import { initialDigitsModel } from '../src/sample/digits-model.js';
import { fedopsProcess } from './fedops-process.js';
import { temporaryDirectory } from './temporary-directory.js';

const LONG_MS = 300_000;
const FILE = writeNpz(initialDigitsModel());
const SHA256 = createHash('sha256').update(FILE).digest('hex');
const TOKEN = 'token-of-the-model-that-nobody-says';
const RUN_ID = 'run-12345678';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** What FedOps 1.3 has beside an FL server: who gives the model, and who hears reports. */
async function aPlatform() {
  const reports: { readonly path: string; readonly body: unknown }[] = [];
  let tellReady = (_body: unknown) => {};
  const ready = new Promise<unknown>((resolve) => {
    tellReady = resolve;
  });
  const server = createServer(async (request, response) => {
    const path = request.url ?? '';
    if (path === `/artifacts/${TOKEN}/model`) return response.end(FILE);
    const body = await json(request).catch(() => undefined);
    reports.push({ path, body });
    if (path.startsWith('/FLSe/FLSeUpdate/')) tellReady(body);
    const answer = { Server_Status: body, gl_model_evaluation: body };
    return response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, ready, reports };
}

function environmentAt(url: string): Record<string, string> {
  return {
    FEDOPS_TASK_ID: 'digits',
    FEDOPS_SERVER_MANAGER_URL: url,
    FEDOPS_INITIAL_MODEL_URL: `${url}/artifacts/${TOKEN}/model`,
    FEDOPS_INITIAL_MODEL_SHA256: SHA256,
    FEDOPS_INITIAL_MODEL_FORMAT: 'npz',
    FEDOPS_CAMPAIGN_RUN_ID: RUN_ID,
    FEDOPS_CAMPAIGN_CONFIG: JSON.stringify({
      schemaVersion: 1,
      rounds: 1,
      clientsPerRound: 1,
      strategy: { name: 'FedAvg', parameters: { fraction_evaluate: 0 } },
    }),
    FEDOPS_BASE_GLOBAL_MODEL_VERSION: '0',
    FEDOPS_TARGET_GLOBAL_MODEL_VERSION: '1',
  };
}

test(
  'an FL server that only its environment tells what to do makes V1 of that campaign, and another campaign from V0 is refused',
  async () => {
    const { url: platform, ready, reports } = await aPlatform();
    const cwd = await temporaryDirectory();
    const env = environmentAt(platform);
    const server = fedopsProcess(['server', '--port', '0'], { cwd, env });
    const { url, runId } = await server.until('ready');
    expect(runId).toBe(RUN_ID);
    expect(await ready).toMatchObject({ FLSeReady: true, GL_Model_V: 1, Campaign_run_id: RUN_ID });

    const client = fedopsProcess(['client', '--once', '--sample', 'digits', '--server', url], {
      cwd,
      env: { FEDOPS_TASK_ID: 'digits' },
    });
    expect(await server.until('published')).toMatchObject({ version: 1 });
    expect([await client.ended, await server.ended]).toEqual([0, 0]);
    const [round, ...further] = reports.filter(({ path }) => path.includes('gl_model_evaluation'));
    expect([round?.body, further]).toMatchObject([
      { campaign_run_id: RUN_ID, evaluation_status: 'missing' },
      [],
    ]);
    const { stdout, stderr } = server.output();
    expect(stdout + stderr).not.toContain(TOKEN);

    const next = { ...env, FEDOPS_CAMPAIGN_RUN_ID: 'run-87654321' };
    const refused = fedopsProcess(['server', '--port', '0'], { cwd, env: next });
    expect(await refused.ended).toBe(4);
    expect(refused.output().stderr).toContain('V0');
  },
  LONG_MS,
);

test(
  'a flag wins over the variable',
  async () => {
    const { url: platform } = await aPlatform();
    const server = fedopsProcess(['server', '--port', '0', '--rounds', '7', '--min-clients', '2'], {
      cwd: await temporaryDirectory(),
      env: environmentAt(platform),
    });
    const { url } = await server.until('ready');
    const view: unknown = await (await fetch(`${url}/v1/run`)).json();
    expect(view).toMatchObject({ rounds: 7, openRound: { clientsNeeded: 2 } });
    server.signal('SIGTERM');
    await server.ended;
  },
  LONG_MS,
);

test.each([
  ['another SHA-256', { FEDOPS_INITIAL_MODEL_SHA256: '0'.repeat(64) }, 1, 'bad-response'],
  ['a format that is not read', { FEDOPS_INITIAL_MODEL_FORMAT: 'pth' }, 1, 'unsupported'],
  ['a strategy that nobody brings', { FEDOPS_CAMPAIGN_CONFIG: '{"strategy":"FedAdam"}' }, 1, 'unsupported'],
  ['a target that is not the next version', { FEDOPS_TARGET_GLOBAL_MODEL_VERSION: '3' }, 1, 'unsupported'],
  [
    'a version that is not there',
    { FEDOPS_BASE_GLOBAL_MODEL_VERSION: '3', FEDOPS_TARGET_GLOBAL_MODEL_VERSION: '4' },
    4,
    'conflict',
  ],
  ['no number of a version', { FEDOPS_BASE_GLOBAL_MODEL_VERSION: 'V3' }, 2, 'invalid-argument'],
])(
  'an environment with %s starts no server',
  async (_what, wrong, exitCode, code) => {
    const { url } = await aPlatform();
    const cwd = await temporaryDirectory();
    const server = fedopsProcess(['server', '--port', '0'], {
      cwd,
      env: { ...environmentAt(url), ...wrong },
    });
    expect(await server.ended).toBe(exitCode);
    const { stdout, stderr } = server.output();
    expect(JSON.parse(stderr.trim().split('\n').at(-1) ?? '')).toMatchObject({ code });
    expect(stdout).toBe('');
    expect(stderr).not.toContain(TOKEN);
  },
  LONG_MS,
);
