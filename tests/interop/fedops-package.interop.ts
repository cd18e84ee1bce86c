import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FLClientTask } from '@fedops/client-app';
import { silentLogger } from '@fedops/http-service';
import { latestGlobalModel, parseGlobalModelKey } from '@fedops/model-files';
import { describe, expect, test } from '@jest/globals';
import { exampleFolder } from './example-process.js';
import {
  eventsIn,
  FEDOPS_PYTHON,
  fedopsServers,
  inFlower,
  pulling,
  type RuntimeLine,
  startClientManager,
  startFedopsDevice,
  startOurClientApp,
  startRun,
  startServerManager,
  untilSo,
} from './fedops-services.js';
import { freePort } from './free-port.js';
import { startPythonWith } from './python-process.js';
import { FEDOPS_VERSION } from './versions.mjs';

const PYTHON_MANAGER = fileURLToPath(
  new URL('../../packages/client-manager/test/python/client_manager.py', import.meta.url),
);

const ROUND = [
  'downloading_global',
  'training',
  'preparing_update',
  'uploading',
  'evaluating',
  'global_model_updated',
];
const RUN = ['connecting', 'waiting_round', ...ROUND, ...ROUND, 'completed'];

/**
 * What of events does not depend on who wrote them: everything but times, words, measurements and addresses; and the
 * version at `connecting`, which our client knows once it is registered.
 */
function withoutValues(events: readonly RuntimeLine[]) {
  return events.map(({ timestamp, message, metrics, aggregationServer, sampleCount, ...rest }) => ({
    ...rest,
    ...(rest.stage === 'connecting' && { targetGlobalModelVersion: undefined }),
    fields: [typeof timestamp, typeof message, typeof metrics, typeof aggregationServer, typeof sampleCount],
  }));
}

describe(`clients of fedops ${FEDOPS_VERSION} in our runs`, () => {
  test('under our client manager: registered, started once the server is ready, part of V1 and of V2', async () => {
    const doorPort = await freePort();
    const managerPort = await freePort();
    const manager = await startServerManager(doorPort);
    const device = await startFedopsDevice(manager, `http://127.0.0.1:${managerPort}`, '[[2, 3], [4, 3]]');
    const clientManager = await startClientManager(manager, device.url, managerPort);
    await untilSo('the manager waits for a run', () => clientManager.state().phase === 'waiting');

    expect(await manager.devices()).toMatchObject([{ taskId: 'mean', activity: { kind: 'idle' } }]);
    expect(await device.stages()).toEqual([]);

    const dataDir = await exampleFolder();
    for (const version of [1, 2]) {
      const server = await startRun({ manager, doorPort, dataDir });
      expect(await server.finished).toMatchObject({ status: 'published', version });
      await server.close();
      await untilSo('its part has ended', () => clientManager.state().last?.version === version);
      expect(clientManager.state().last?.end).toEqual({ state: 'train-finished' });
      expect(await manager.status()).toMatchObject({ FLSeReady: false, GL_Model_V: version + 1 });
    }

    expect(await device.stages()).toEqual([...RUN, ...RUN]);
    const train = await manager.metrics('train');
    expect(train.map(({ version, round }) => [version, round])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
    expect(train[0]).toMatchObject({ values: { train_accuracy: 0.75, val_accuracy: 0.75 } });
    expect(await manager.metrics('test')).toHaveLength(4);
    expect(await manager.metrics('client-time')).toHaveLength(2);
    // From 0, half way to 3 in each round; V2 goes on from V1.
    const losses = (await manager.metrics('model')).map(({ values }) => values.gl_loss);
    expect(losses).toEqual([1.5, 2.25, 2.625, 2.8125]);
  });

  test('under a client manager of Python, side by side with a client of ours', async () => {
    const doorPort = await freePort();
    const managerPort = await freePort();
    const manager = await startServerManager(doorPort);
    const device = await startFedopsDevice(manager, `http://127.0.0.1:${managerPort}`, '[[2, 2]]');
    const clientManager = startPythonWith(
      { python: FEDOPS_PYTHON },
      PYTHON_MANAGER,
      'current',
      String(managerPort),
      device.url,
      manager.url,
    );
    await untilSo('the device is registered', async () => (await manager.devices()).length === 1);

    const server = await startRun({ manager, doorPort, dataDir: await exampleFolder(), minConnected: 2 });
    const eventFile = join(await exampleFolder(), 'events.jsonl');
    const ours = new FLClientTask(
      {
        taskId: 'mean',
        trainer: pulling(6),
        clientId: 'ours',
        key: 'a key of this device',
        serverUrl: server.url,
      },
      { logger: silentLogger, env: { FEDOPS_EVENT_FILE: eventFile } },
    ).flClientStart();

    expect(await server.finished).toMatchObject({ status: 'published', version: 1 });
    await server.close();
    await clientManager.told('trainFin');
    expect(await ours).toMatchObject({ phase: 'finished' });
    expect(await device.stages()).toEqual(RUN);
    expect(withoutValues(await eventsIn(eventFile))).toEqual(withoutValues(await device.events()));
    // Half way to 2 and half way to 6, each of one example, twice: (1 + 3) ÷ 2, then (2 + 4) ÷ 2.
    const losses = (await manager.metrics('model')).map(({ values }) => values.gl_loss);
    expect(losses).toEqual([2, 3]);
  });

  test('that fail are known for it, and the run does not end well without them', async () => {
    const doorPort = await freePort();
    const managerPort = await freePort();
    const manager = await startServerManager(doorPort);
    const device = await startFedopsDevice(manager, `http://127.0.0.1:${managerPort}`, '[[2, 3]]', '--fail');
    const clientManager = await startClientManager(manager, device.url, managerPort);
    await untilSo('the manager waits for a run', () => clientManager.state().phase === 'waiting');

    const server = await startRun({ manager, doorPort, dataDir: await exampleFolder() });

    expect(await server.finished).toMatchObject({ status: 'failed' });
    await server.close();
    await untilSo('its part has ended', () => clientManager.state().last !== null);
    expect(clientManager.state().last?.end).toMatchObject({ state: 'train-failed' });
    expect((await device.stages()).at(-1)).toBe('failed');
    // A version that nobody made is not counted.
    expect(await manager.status()).toMatchObject({ FLSeReady: false, GL_Model_V: 1 });
  });
});

describe(`our clients in runs of fedops ${FEDOPS_VERSION}`, () => {
  test('under our managers: started by what its FL server says of itself, part of V1 and of V2', async () => {
    const flPort = await freePort();
    const managerPort = await freePort();
    const manager = await startServerManager(flPort);
    const app = await startOurClientApp(manager, managerPort, inFlower);
    const clientManager = await startClientManager(manager, app.url, managerPort);
    await untilSo('the manager waits for a run', () => clientManager.state().phase === 'waiting');

    const server = await fedopsServers(manager, flPort);
    for (const version of [1, 2]) {
      expect(await server.run()).toBe(0);
      await untilSo('its part has ended', () => clientManager.state().last?.version === version);
      expect(clientManager.state().last?.end).toEqual({ state: 'train-finished' });
      expect(await manager.status()).toMatchObject({ FLSeReady: false, GL_Model_V: version + 1 });
    }

    const keys = await server.keys();
    expect(keys).toEqual(['mean/Mean_gl_model_V1.pth', 'mean/Mean_gl_model_V2.pth']);
    const model = { taskId: 'mean', model: 'Mean', extension: 'pth' };
    expect(keys.map(parseGlobalModelKey)).toEqual([
      { ...model, version: 1 },
      { ...model, version: 2 },
    ]);
    expect(latestGlobalModel(keys, 'mean')).toBe('mean/Mean_gl_model_V2.pth');
    const models = await manager.metrics('model');
    // From 0, half way to 6 in each round; the loss is the square of what is left to 4.
    expect(models.map(({ version, round, values }) => [version, round, values.gl_loss])).toEqual([
      [1, 1, 1],
      [1, 2, 0.25],
      [2, 1, 1.5625],
      [2, 2, 2.640625],
    ]);
    expect(await manager.metrics('server-time')).toHaveLength(2);
    const train = await manager.metrics('train');
    expect(train.map(({ version, round }) => [version, round])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
  });

  test('that crash reset no version and count none', async () => {
    const flPort = await freePort();
    const manager = await startServerManager(flPort);
    const server = await fedopsServers(manager, flPort);

    await server.run('--fail');

    expect(await manager.status()).toMatchObject({ FLSeReady: false, GL_Model_V: 1 });
    expect(await server.keys()).toEqual([]);
  });
});
