import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { TaskId } from '@fedops/shared-types';
import { refuses, type StoreRequirement } from './requirement.js';
import { A, all, B, device, draft, failed, metric, part, task, version } from './sample-rows.js';

export const taskRequirements: readonly StoreRequirement[] = [
  {
    name: 'keeps tasks, and one of a name only',
    async check(store) {
      await store.tasks.add(task(B));
      await store.tasks.add(task(A));
      await refuses('conflict', store.tasks.add(task(A)));
      await store.tasks.replace({ ...task(A), title: 'new' });
      deepStrictEqual(await store.tasks.list(), [{ ...task(A), title: 'new' }, task(B)]);
      await refuses('not-found', store.tasks.replace(task('c' as TaskId)));
    },
  },
  {
    name: 'removes a task with all that is its own, and nothing of any other task',
    async check(store) {
      for (const taskId of [A, B]) {
        await store.tasks.add(task(taskId));
        await store.devices.put(device(taskId, 'one'));
        const run = await store.runs.begin(draft(taskId, 0));
        await store.runs.replace(failed(run));
        await store.models.add(version(taskId, 1));
        await store.metrics.add([metric(taskId)]);
        await store.parts.put(part(taskId, run.runId, 'train-finished'));
      }
      await store.tasks.remove(A);
      strictEqual((await store.tasks.list()).length, 1);
      deepStrictEqual(
        (await store.devices.load()).devices.map(({ taskId }) => taskId),
        [B],
      );
      deepStrictEqual(
        (await store.runs.list({ limit: 9 })).map(({ taskId }) => taskId),
        [B],
      );
      strictEqual((await store.models.list(A)).length + (await store.metrics.list(all(A))).length, 0);
      strictEqual((await store.models.list(B)).length + (await store.metrics.list(all(B))).length, 2);
    },
  },
];
