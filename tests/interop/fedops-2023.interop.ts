import { describe, expect, test } from '@jest/globals';
import { startClientManager, startDeviceOf2023, untilSo } from './fedops-services.js';
import { freePort } from './free-port.js';
import { startManagingManager } from './managed-runs.js';

describe.each(['auto', 'legacy'] as const)(
  'a client app of 2023 that goes to the address of its start, under our managers, %s routes',
  (api) => {
    test('takes part with the real Flower until V1 is there', async () => {
      const manager = await startManagingManager({ clients: 1 });
      const port = await freePort();
      const url = await startDeviceOf2023(`http://127.0.0.1:${port}`, 4);
      const { state } = await startClientManager(manager, url, port, api);
      await untilSo('the manager waits for a run', () => state().phase === 'waiting');

      const { runId } = await manager.start();

      expect((await manager.ended(runId)).state).toMatchObject({ status: 'published', version: 1 });
      await untilSo('its part has ended', () => state().last?.end != null);
      expect(state().last?.end).toEqual({ state: 'train-finished' });
      // Half way to 4 in each of two rounds.
      expect(await manager.mean(1)).toBe(3);
    });

    test('is given no address that it could not use where the run has no door, and its manager says so', async () => {
      const manager = await startManagingManager({ clients: 1, hasDoor: false });
      const port = await freePort();
      const url = await startDeviceOf2023(`http://127.0.0.1:${port}`, 4);
      const { state } = await startClientManager(manager, url, port, api);
      await untilSo('the manager waits for a run', () => state().phase === 'waiting');

      await manager.begin();

      await untilSo('the start has failed', () => state().error !== null);
      expect(state().error?.message).toContain('fedops manager --flower');
    });
  },
);
