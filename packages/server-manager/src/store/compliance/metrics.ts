import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import type { ClientId, RunId, TaskId } from '@fedops/shared-types';
import type { StoreRequirement } from './requirement.js';
import { A, all, B, metric, task } from './sample-rows.js';

export const metricRequirements: readonly StoreRequirement[] = [
  {
    name: 'keeps rows of metrics in their order, and finds them by kind, run and client',
    async check(store) {
      await store.tasks.add(task(A));
      const [first, second] = await store.metrics.add([
        metric(A),
        { ...metric(A), kind: 'test', clientId: 'c2' as ClientId },
      ]);
      ok(first !== undefined && second !== undefined && first.id < second.id);
      deepStrictEqual(await store.metrics.list(all(A)), [first, second]);
      deepStrictEqual(await store.metrics.list({ ...all(A), kind: 'test' }), [second]);
      deepStrictEqual(await store.metrics.list({ ...all(A), clientId: 'c1' }), [first]);
      deepStrictEqual(await store.metrics.list({ ...all(A), runId: 'r2' as RunId }), []);
      deepStrictEqual(await store.metrics.list({ ...all(A), after: first.id }), [second]);
      deepStrictEqual(await store.metrics.list({ ...all(A), limit: 1 }), [first]);
    },
  },
  {
    name: 'keeps one row of a model for each task, run, round and version',
    async check(store) {
      await store.tasks.add(task(A));
      const row = { ...metric(A), kind: 'model' as const, clientId: null, version: 1 };
      await store.metrics.putModelRow(row);
      await store.metrics.putModelRow({ ...row, values: { gl_loss: 0.1 } });
      await store.metrics.putModelRow({ ...row, round: 2 });
      deepStrictEqual(
        (await store.metrics.list(all(A))).map(({ round, values }) => [round, values]),
        [
          [1, { gl_loss: 0.1 }],
          [2, row.values],
        ],
      );
    },
  },
  {
    name: 'removes the oldest rows of metrics, so many at a time, and none that is younger',
    async check(store) {
      await store.tasks.add(task(A));
      const at = (day: number) => `2026-11-2${day}T00:00:00.000Z`;
      await store.metrics.add([1, 2, 3, 4].map((day) => ({ ...metric(A), at: at(day) })));
      strictEqual(await store.metrics.removeBefore(at(1), 10), 0);
      strictEqual(await store.metrics.removeBefore(at(4), 2), 2);
      strictEqual(await store.metrics.removeBefore(at(4), 2), 1);
      deepStrictEqual(
        (await store.metrics.list(all(A))).map((row) => row.at),
        [at(4)],
      );
    },
  },
  {
    name: 'removes the oldest rows of one task, so many at a time, and none of its newest',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const others = await store.metrics.add([metric(B), metric(B)]);
      const rows = await store.metrics.add([metric(A), metric(A), metric(A), metric(A), metric(A)]);
      strictEqual(await store.metrics.removeOldest(A, 5, 10), 0);
      strictEqual(await store.metrics.removeOldest(A, 9, 10), 0);
      strictEqual(await store.metrics.removeOldest(A, 2, 2), 2);
      strictEqual(await store.metrics.removeOldest(A, 2, 2), 1);
      strictEqual(await store.metrics.removeOldest(A, 2, 2), 0);
      deepStrictEqual(await store.metrics.list(all(A)), rows.slice(3));
      strictEqual(await store.metrics.removeOldest(A, 0, 10), 2);
      deepStrictEqual(await store.metrics.list(all(B)), others);
    },
  },
  {
    name: 'adds rows of metrics all or none',
    async check(store) {
      await store.tasks.add(task(A));
      await rejects(store.metrics.add([metric(A), metric('unknown' as TaskId)]));
      strictEqual((await store.metrics.list(all(A))).length, 0);
    },
  },
];
