import { fedAvg } from '@fedops/strategies';
import { expect, it } from '@jest/globals';
import { freshDirectory } from '../../test/directories.js';
import { rejectionOf } from '../../test/error-code.js';
import { aModel, aPlan, digestOf, START } from '../../test/run-samples.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { createMemoryModelStore } from '../model/memory-model-store.js';
import { openSpool } from '../update/spool.js';
import { publishVersion, recordRound } from './round-work.js';

it('never publishes a record that another attempt at the round has written over', async () => {
  const store = createMemoryModelStore();
  const spool = await openSpool(nodeFileSystem, await freshDirectory());
  const parts = { store, spool, strategy: fedAvg(), software: {} };
  const plan = aPlan();
  const [model, late] = [aModel(1), { ...aModel(1), parameters: { digest: digestOf(7), byteLength: 128 } }];
  const made = { parent: null, participants: [], metrics: {} };
  const state = { phase: 'publishing', model, history: [], since: START, deadline: START + 1 } as const;

  await recordRound(parts, plan, late, made);
  expect((await rejectionOf(publishVersion(parts, plan, state, START))).code).toBe('storage');
  expect(await store.latest()).toBeUndefined();

  await recordRound(parts, plan, model, made);
  await publishVersion(parts, plan, state, START);
  expect((await store.latest())?.parameters).toEqual(model.parameters);
  await spool.close();
});
