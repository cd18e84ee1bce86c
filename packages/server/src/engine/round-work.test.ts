import { encodeParameters } from '@fedops/parameters';
import { fedAvg } from '@fedops/strategies';
import { expect, it } from '@jest/globals';
import { freshDirectory } from '../../test/directories.js';
import { rejectionOf } from '../../test/error-code.js';
import { aModel, anUpdate, aPlan, digestOf, START } from '../../test/run-samples.js';
import { systemClock } from '../clock.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { createMemoryModelStore } from '../model/memory-model-store.js';
import { openSpool } from '../update/spool.js';
import { makeRoundModel, publishVersion, recordRound } from './round-work.js';

it('never publishes a record that another attempt at the round has written over', async () => {
  const store = createMemoryModelStore();
  const spool = await openSpool({ files: nodeFileSystem, clock: systemClock }, await freshDirectory());
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

it('records nothing for an attempt that was given up while it was aggregated', async () => {
  const store = createMemoryModelStore();
  const spool = await openSpool({ files: nodeFileSystem, clock: systemClock }, await freshDirectory());
  const parts = { store, spool, strategy: fedAvg(), software: {} };
  const plan = aPlan();
  const bytes = encodeParameters({ signature: plan.signature, tensors: [Float32Array.of(3)] });
  const writer = await store.create();
  await writer.append(bytes);
  const base = { ...aModel(0), parameters: await writer.commit() };
  const upload = await spool.begin();
  await upload.append(bytes);
  const update = anUpdate('a', { slot: await upload.keep() });
  const round = {
    phase: 'aggregating',
    round: 1,
    failedAttempts: 0,
    began: START,
    since: START,
    deadline: START + 1,
    updates: new Map([[update.clientId, update]]),
    failures: new Map(),
  } as const;

  expect((await rejectionOf(makeRoundModel(parts, plan, base, round, () => false))).code).toBe('aborted');
  expect(await store.round(plan.runId, 1)).toBeUndefined();
  await makeRoundModel(parts, plan, base, round, () => true);
  expect((await store.round(plan.runId, 1))?.lineage.participants).toHaveLength(1);
  await spool.close();
});
