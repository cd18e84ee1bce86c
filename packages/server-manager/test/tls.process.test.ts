import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { createServerManager, type ServerManager } from '@fedops/server-manager';
import { afterEach, expect, it } from '@jest/globals';
import { ask } from './ask.js';

const pem = (name: string) => readFileSync(new URL(`./fixtures/tls/${name}.pem`, import.meta.url), 'utf8');
const MODEL = createParameters([{ name: 'w', shape: [4], dtype: 'float32' }], [new Float32Array(4)]);

let dataDir: string;
let manager: ServerManager;
afterEach(async () => {
  await manager.close({ servers: 'stop' });
  await rm(dataDir, { recursive: true, force: true });
});

it('gives FL servers the certificate that they are to have, sees into their runs, and leaves the key in no file', async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'fedops-server-manager-'));
  const tls = { key: pem('key'), cert: pem('certificate') };
  manager = await createServerManager(
    { dataDir, listen: { port: 0 }, servers: { ports: 'any', tls } },
    { logger: silentLogger },
  );
  await ask(manager.url, 'POST', '/v1/tasks', { body: { taskId: 'mnist' } });
  const bytes = encodeParameters(MODEL) as Uint8Array<ArrayBuffer>;
  await ask(manager.url, 'PUT', '/v1/tasks/mnist/initial-parameters', { bytes });
  const { json: run } = await ask(manager.url, 'POST', '/v1/tasks/mnist/runs');
  const state = async () => (await ask(manager.url, 'GET', `/v1/runs/${run.runId}`)).json.state;
  while ((await state()).status === 'starting') await new Promise((resolve) => setTimeout(resolve, 50));

  const { url } = await state();
  expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  expect(await statusOf(`${url}/healthz`)).toBe(200);
  const view = await ask(manager.url, 'GET', `/v1/runs/${run.runId}/view`);
  expect([view.status, view.json.runId]).toEqual([200, run.runId]);
  for (const path of await filesIn(dataDir)) {
    expect([path, (await readFile(path)).includes('PRIVATE KEY')]).toEqual([path, false]);
  }
}, 300_000);

function statusOf(url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { ca: pem('certificate'), checkServerIdentity: () => undefined }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    }).on('error', reject);
  });
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
