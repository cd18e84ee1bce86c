import { fileURLToPath } from 'node:url';
import { FLClientTask } from '@fedops/client-app';
import { silentLogger } from '@fedops/http-service';
import { describe, expect, test } from '@jest/globals';
import { exampleFolder } from './example-process.js';
import {
  startClientManager,
  startFedopsDevice,
  startRun,
  startServerManager,
  untilSo,
} from './fedops-services.js';
import { freePort } from './free-port.js';
import { pythonIn } from './python-environment.mjs';
import { startPythonWith } from './python-process.js';
import { FEDOPS_VERSION } from './versions.mjs';

const ROUND = ['downloading_global', 'training', 'preparing_update', 'uploading', 'evaluating', 'global_model_updated'];
const RUN = ['connecting', 'waiting_round', ...ROUND, ...ROUND, 'completed'];

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
});
