import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { RunId } from '@fedops/shared-types';
import type { StoreRequirement } from './requirement.js';
import { A, part, task } from './sample-rows.js';

export const partRequirements: readonly StoreRequirement[] = [
  {
    name: "keeps the first word on how a client's training ended, and lets one that left come back",
    async check(store) {
      await store.tasks.add(task(A));
      const runId = 'r1' as RunId;
      strictEqual((await store.parts.put(part(A, runId, 'out'))).state, 'out');
      strictEqual((await store.parts.put(part(A, runId, 'train-failed'))).state, 'train-failed');
      strictEqual((await store.parts.put(part(A, runId, 'train-finished'))).state, 'train-failed');
      strictEqual((await store.parts.put(part(A, runId, 'out'))).state, 'train-failed');
      deepStrictEqual(await store.parts.list(A, runId), [part(A, runId, 'train-failed')]);
      strictEqual((await store.parts.list(A, 'r2' as RunId)).length, 0);
    },
  },
];
