import { FLClientTask } from '@fedops/client-app';
import type { Trainer } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { FLServer } from '@fedops/server';
import { fedAvg } from '@fedops/strategies';
import { afterEach, describe, expect, it } from '@jest/globals';
import { fakePythonServerManager } from '../fake-python-server-manager.js';
import { aFreePort, python } from './python-process.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const trainer: Trainer = {
  fit: async ({ parameters }) => ({ parameters, numExamples: 1, metrics: {} }),
  evaluate: async () => ({ loss: 0.5, numExamples: 1, metrics: {} }),
};

/** An FL server of ours that waits for one client. */
async function anFlServer() {
  const initialParameters = createParameters(
    [{ name: 'w', shape: [2], dtype: 'float32' }],
    [new Float32Array(2)],
  );
  const server = await new FLServer(
    {
      taskId: 'mnist',
      rounds: 2,
      listen: { port: 0 },
      selection: { minConnected: 1 },
      policy: { quorum: 1, waitForClientsMs: 20_000, retries: 0 },
    },
    { strategy: fedAvg(), initialParameters, logger: silentLogger },
  ).start();
  closing.push(() => server.close());
  return server;
}

describe.each(['old', 'current'])('a manager of Python, %s names, and our client app', (vocabulary) => {
  it('bring the client through a run to a model', async () => {
    const server = await anFlServer();
    const serverManager = await fakePythonServerManager();
    serverManager.hasPort(Number(new URL(server.url).port));
    const managerPort = await aFreePort();
    const task = new FLClientTask(
      {
        taskId: 'mnist',
        trainer,
        clientId: 'device-7',
        key: 'a key of this device',
        port: 0,
        manager: { baseUrl: `http://127.0.0.1:${managerPort}` },
        serverManager: { baseUrl: serverManager.url },
      },
      { logger: silentLogger, env: {} },
    );
    const app = await task.start();
    closing.push(() => app.close());
    const manager = python('client_manager.py', vocabulary, String(managerPort), app.url, serverManager.url);
    await manager.told('listening');
    serverManager.serverReady(1);

    expect(await manager.told('started')).toMatchObject({ accepted: true, version: 1 });
    expect(await server.finished).toMatchObject({ status: 'published', version: 1 });
    await manager.told('trainFin');
    expect(task.status()).toMatchObject({
      FL_client_start: false,
      FL_client_fail: false,
      FL_next_gl_model: 1,
    });
    expect(manager.events.filter(({ event }) => event === 'error')).toEqual([]);
    expect(manager.events.filter(({ event }) => event === 'started')).toHaveLength(1);

    await app.close();
    await manager.told('clientOut');
  });
});
