import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { RunId } from '@fedops/shared-types';
import type { StoreRequirement } from './requirement.js';
import { A, B, device, task } from './sample-rows.js';

export const deviceRequirements: readonly StoreRequirement[] = [
  {
    name: 'keeps devices by task and id, and what a sign of life changes',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      strictEqual((await store.devices.load()).aliveAt, null);
      await store.devices.put(device(A, 'one'));
      await store.devices.put(device(B, 'one'));
      await store.devices.put({ ...device(A, 'one'), name: 'renamed' });
      const life = {
        lastSeen: 30,
        onlineSince: 20,
        leftAt: 25,
        activity: { kind: 'training' as const, runId: 'r1' as RunId, progress: 0.5 },
      };
      await store.devices.touch(
        [
          { ...life, taskId: A, deviceId: 'one' },
          { ...life, taskId: A, deviceId: 'gone' },
        ],
        40,
      );
      const { devices, aliveAt } = await store.devices.load();
      strictEqual(aliveAt, 40);
      deepStrictEqual(
        new Set(devices),
        new Set([{ ...device(A, 'one'), name: 'renamed', ...life }, device(B, 'one')]),
      );
      await store.devices.remove(A, 'one');
      deepStrictEqual((await store.devices.load()).devices, [device(B, 'one')]);
    },
  },
];
