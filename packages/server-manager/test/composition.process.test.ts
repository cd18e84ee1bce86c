import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@fedops/http-service';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { createServerManager } from '@fedops/server-manager';
import { afterEach, expect, it } from '@jest/globals';
import { ask } from './ask.js';
import { takePart } from './take-part.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A manager with a task whose FL servers get what the module brings. */
async function aManager(module: string): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'fedops-composition-'));
  closing.push(() => rm(dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  const composition = new URL(module, import.meta.url).href;
  const manager = await createServerManager(
    { dataDir, listen: { port: 0 }, servers: { ports: 'any', composition } },
    { logger: silentLogger },
  );
  closing.push(() => manager.close({ servers: 'stop' }));
  await ask(manager.url, 'POST', '/v1/tasks', { body: { taskId: 'mnist', run: { rounds: 1 } } });
  const model = createParameters([{ name: 'w', shape: [4], dtype: 'float32' }], [new Float32Array(4)]);
  await ask(manager.url, 'PUT', '/v1/tasks/mnist/initial-parameters', { bytes: encodeParameters(model) });
  return manager.url;
}

/** The run's state, once it is one of these. */
async function runIn(url: string, runId: string, ...statuses: readonly string[]) {
  for (;;) {
    const { json } = await ask(url, 'GET', `/v1/runs/${runId}`);
    if (statuses.includes(json.state.status)) return json.state;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('brings a measurement on data of its own, and limits, to each FL server', async () => {
  const url = await aManager('./composition-module.mjs');
  const { json: run } = await ask(url, 'POST', '/v1/tasks/mnist/runs', { body: { seed: 5 } });
  const { url: serverUrl } = await runIn(url, run.runId, 'running');
  const registration = {
    protocolVersion: 1,
    taskId: 'mnist',
    clientId: 'onlooker',
    key: 'key-of-an-onlooker',
  };
  const status = { FL_task_id: 'mnist', FL_client_num: 0, FL_client_mac: null, FL_client_online: true };
  const { json: registered } = await ask(serverUrl, 'POST', '/v1/clients', {
    body: {
      ...registration,
      status: {
        ...status,
        FL_client_start: true,
        FL_client_fail: false,
        FL_server_IP: null,
        FL_next_gl_model: 1,
      },
    },
  });
  expect(registered.leaseMs).toBe(2_000);
  await ask(serverUrl, 'DELETE', '/v1/clients/onlooker', { token: registered.token });

  await takePart(serverUrl, 'mnist', 'c1');

  expect(await runIn(url, run.runId, 'published', 'failed')).toMatchObject({ status: 'published' });
  const { json: view } = await ask(url, 'GET', `/v1/runs/${run.runId}/view`);
  expect(view.history.at(-1).centralEvaluation).toEqual({ loss: 1, numExamples: 7, metrics: { seed: 5 } });
}, 300_000);

it('fails a run, with the reason, where the module has no parts for it or cannot be loaded', async () => {
  const url = await aManager('./composition-module.mjs');
  const { json: refused } = await ask(url, 'POST', '/v1/tasks/mnist/runs', { body: { seed: 13 } });
  expect(await runIn(url, refused.runId, 'failed')).toMatchObject({ message: 'no parts for seed 13' });

  const elsewhere = await aManager('./no-such-module.mjs');
  const { json: lost } = await ask(elsewhere, 'POST', '/v1/tasks/mnist/runs');
  expect(await runIn(elsewhere, lost.runId, 'failed')).toMatchObject({
    reason: 'invalid-argument',
    message: expect.stringContaining('no-such-module.mjs cannot be loaded'),
  });
}, 300_000);
