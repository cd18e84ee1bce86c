import { silentLogger } from '@fedops/http-service';
import { type DeviceActivity, RunSettingsSchema, type TaskId } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { deferred } from '../deferred.js';
import { managerClock } from '../manager-clock.js';
import { openSqliteStore } from '../store/sqlite/sqlite-store.js';
import type { StoredTask } from '../store/store.js';
import { createTopic } from '../topic.js';
import { openDeviceDesk } from './device-desk.js';

const TASK: StoredTask = {
  taskId: 'mnist' as TaskId,
  title: '',
  server: { kind: 'managed' },
  run: RunSettingsSchema.parse({}),
  trigger: { kind: 'manual' },
  bestBy: null,
  initialModel: null,
  signature: null,
  serverReport: null,
  createdAt: '2026-11-24T00:00:00.000Z',
};

it('keeps what a device says of itself while its identity is being stored', async () => {
  const store = await openSqliteStore(':memory:');
  await store.tasks.add(TASK);
  const stored = deferred<void>();
  let puts = 0;
  const rows = {
    ...store.devices,
    put: async (device: Parameters<typeof store.devices.put>[0]) => {
      await store.devices.put(device);
      if (++puts === 2) await stored.promise;
    },
  };
  const desk = await openDeviceDesk(
    { rows, clock: managerClock, logger: silentLogger, becameReady: createTopic<TaskId>() },
    { leaseMs: 30_000, maxDevices: 9 },
  );
  const registration = { protocolVersion: 1, deviceId: 'd1', key: 'a key of the device d1', mac: 'aa' };
  await desk.register(TASK, registration);
  const assigning = desk.assignCluster(TASK.taskId, 'aa', 0);
  await new Promise((resolve) => setImmediate(resolve));
  const training: DeviceActivity = { kind: 'training', runId: null, progress: 0.5 };
  desk.seen(TASK.taskId, 'd1', training);
  stored.resolve();
  await assigning;
  expect(desk.get(TASK.taskId, 'd1')).toMatchObject({ clusterId: 0, activity: training });
  await desk.close();
  expect((await store.devices.load()).devices).toMatchObject([{ clusterId: 0, activity: training }]);
  await store.close();
});
