import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { refuses, type StoreRequirement } from './requirement.js';
import { A, task, version } from './sample-rows.js';

export const modelRequirements: readonly StoreRequirement[] = [
  {
    name: 'keeps versions newest first, and never two of a number',
    async check(store) {
      await store.tasks.add(task(A));
      strictEqual(await store.models.latestNumber(A), 0);
      for (const number of [1, 2, 2]) await store.models.add(version(A, number));
      strictEqual(await store.models.latestNumber(A), 2);
      await refuses('conflict', store.models.add({ ...version(A, 2), digest: 'e'.repeat(64) }));
      deepStrictEqual(await store.models.list(A), [version(A, 2), version(A, 1)]);
    },
  },
];
