import { describe, expect, test } from '@jest/globals';
import { startClientManager, startFedopsDevice, startOurClientApp, untilSo } from './fedops-services.js';
import { freePort } from './free-port.js';
import { startManagingManager } from './managed-runs.js';
import { FEDOPS_VERSION } from './versions.mjs';

describe(`clients of fedops ${FEDOPS_VERSION} in runs of our server manager`, () => {
  test('side by side with a client of ours: part of V1 and of V2, which are in the registry', async () => {
    const manager = await startManagingManager();
    const [pythonPort, ourPort] = [await freePort(), await freePort()];
    const device = await startFedopsDevice(manager, `http://127.0.0.1:${pythonPort}`, '[[2, 2]]');
    const beside = await startClientManager(manager, device.url, pythonPort, 'auto');
    const app = await startOurClientApp(manager, ourPort);
    const besideOurs = await startClientManager(manager, app.url, ourPort, 'auto');
    for (const { state } of [beside, besideOurs]) {
      await untilSo('the manager waits for a run', () => state().phase === 'waiting');
    }

    for (const version of [1, 2]) {
      const { runId, url, flowerAddress } = await manager.start();
      expect(await manager.get('/FLSe/getPort/mean')).toMatchObject({
        port: Number(new URL(`http://${flowerAddress}`).port),
        server_url: url,
      });
      expect((await manager.ended(runId)).state).toMatchObject({ status: 'published', version });
      for (const { state } of [beside, besideOurs]) {
        await untilSo('its part has ended', () => state().last?.version === version);
        expect(state().last?.end).toEqual({ state: 'train-finished' });
      }
    }

    // Half way to 2 and half way to 6, each of one example: to (x + 4) ÷ 2 in each of two rounds.
    expect([await manager.mean(1), await manager.mean(2)]).toEqual([3, 3.75]);
    expect(await device.stages()).toContain('completed');
    expect(await manager.status()).toMatchObject({ Last_GL_Model: 'V2', GL_Model_V: 3, FLSeReady: false });
  });
});
