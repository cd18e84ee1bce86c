import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import type { RunId } from '@fedops/shared-types';
import { refuses, type StoreRequirement } from './requirement.js';
import { A, B, draft, failed, task, view } from './sample-rows.js';

export const runRequirements: readonly StoreRequirement[] = [
  {
    name: 'begins one run at a time for each task, with an id that no other run ever had',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const first = await store.runs.begin(draft(A, 0));
      const error = await refuses('conflict', store.runs.begin(draft(A, 0)));
      strictEqual(error.details.runId, first.runId);
      const other = await store.runs.begin(draft(B, 0));
      ok(other.runId !== first.runId);
      await store.runs.replace(failed(first));
      const second = await store.runs.begin(draft(A, 0));
      ok(![first.runId, other.runId].includes(second.runId));
      deepStrictEqual(await store.runs.get(first.runId), failed(first));
      strictEqual(await store.runs.get('r999' as RunId), undefined);
      strictEqual(await store.runs.get('none' as RunId), undefined);
    },
  },
  {
    name: 'begins just one of many runs of a task that are asked for at once',
    async check(store) {
      await store.tasks.add(task(A));
      const begun = await Promise.allSettled(Array.from({ length: 8 }, () => store.runs.begin(draft(A, 0))));
      strictEqual(begun.filter(({ status }) => status === 'fulfilled').length, 1);
    },
  },
  {
    name: 'gives a port to one run, until that run lets go of it',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const first = await store.runs.begin(draft(A, 40_026));
      await refuses('overloaded', store.runs.begin(draft(B, 40_026)));
      await store.runs.replace({ ...failed(first), port: 40_026 });
      await refuses('overloaded', store.runs.begin(draft(B, 40_026)));
      deepStrictEqual(
        (await store.runs.unfinished()).map(({ runId }) => runId),
        [first.runId],
      );
      await store.runs.replace(failed(first));
      strictEqual((await store.runs.unfinished()).length, 0);
      strictEqual((await store.runs.begin(draft(B, 40_026))).port, 40_026);
    },
  },
  {
    name: 'gives a port for Flower to one run, until that run lets go of it',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const first = await store.runs.begin(draft(A, 0, 40_126));
      strictEqual(first.flowerPort, 40_126);
      await refuses('overloaded', store.runs.begin(draft(B, 0, 40_126)));
      const held = { ...failed(first), flowerPort: 40_126 };
      await store.runs.replace(held);
      await refuses('overloaded', store.runs.begin(draft(B, 0, 40_126)));
      deepStrictEqual(await store.runs.unfinished(), [held]);
      await store.runs.replace(failed(first));
      strictEqual((await store.runs.unfinished()).length, 0);
      strictEqual((await store.runs.begin(draft(B, 0, 40_126))).flowerPort, 40_126);
    },
  },
  {
    name: 'lists runs newest first, of one task or of all, page by page',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const ids: RunId[] = [];
      for (const taskId of [A, B, A]) {
        const run = await store.runs.begin(draft(taskId, 0));
        await store.runs.replace(failed(run));
        ids.unshift(run.runId);
      }
      const listed = async (query: Parameters<typeof store.runs.list>[0]) =>
        (await store.runs.list(query)).map(({ runId }) => runId);
      deepStrictEqual(await listed({ limit: 9 }), ids);
      deepStrictEqual(await listed({ taskId: A, limit: 9 }), [ids[0], ids[2]]);
      deepStrictEqual(await listed({ limit: 1, before: ids[0]! }), [ids[1]]);
    },
  },
  {
    name: 'keeps the last view of a run',
    async check(store) {
      await store.tasks.add(task(A));
      const { runId } = await store.runs.begin(draft(A, 0));
      strictEqual(await store.runs.view(runId), undefined);
      const seen = view(A, runId);
      await store.runs.putView(runId, seen);
      deepStrictEqual(await store.runs.view(runId), seen);
    },
  },
];
