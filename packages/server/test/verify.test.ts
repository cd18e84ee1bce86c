import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '@fedops/shared-types';
import { fedAvg, fedAvgM } from '@fedops/strategies';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  createMemoryModelStore,
  keptUpdatesOf,
  type ModelStore,
  openFileModelStore,
  type RoundManifest,
  type VerifyParts,
  verifyModel,
} from '../src/index.js';
import { freshDirectory } from './directories.js';
import { closeNow, modelOf, registered, startServer, takePart } from './federation.js';

const strategy = fedAvgM({ momentum: 0.5 });
const RUN = 'v1' as RunId;

/** What three rounds of three clients left in a data directory. */
async function aRun(updates: 'keep' | 'delete' = 'keep') {
  const dataDir = await freshDirectory();
  const server = await startServer(
    { dataDir, rounds: 3, selection: { minConnected: 3 }, limits: { updates, keepRounds: 9 } },
    { strategy, initialParameters: modelOf(1) },
  );
  const clients = await registered(server, 'a', 'B', 'ç');
  await Promise.all(
    clients.map((client, i) => takePart(server, client, { step: 0.1 * (i + 1), numExamples: i + 1 })),
  );
  await closeNow(server);
  const store = await openFileModelStore(join(dataDir, 'models'));
  const updatesDirectory = join(dataDir, 'runs', 'id-v1', 'updates');
  return {
    dataDir,
    updatesDirectory,
    store,
    parts: { store, updates: keptUpdatesOf(dataDir, RUN), strategy },
  };
}

async function roundOf(store: ModelStore, round: number): Promise<RoundManifest> {
  const manifest = await store.round(RUN, round);
  if (manifest === undefined) throw new Error(`round ${round} made nothing`);
  return manifest;
}

/** The same parts, with one bit of a file's last element the other way round. */
async function flipBit(path: string): Promise<void> {
  const bytes = await readFile(path);
  const last = bytes.length - 64;
  bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
  await writeFile(path, bytes);
}

describe('a model whose run kept its updates', () => {
  it('follows in every round that is still recorded, and as the published version', async () => {
    const { store, parts } = await aRun();
    for (const round of [1, 2, 3]) {
      expect(await verifyModel(parts, await roundOf(store, round))).toEqual({ verdict: 'follows' });
    }
    expect(await verifyModel(parts, (await store.latest())!)).toEqual({ verdict: 'follows' });
  });

  it('is verified without anything being written', async () => {
    const { store, parts, dataDir } = await aRun();
    const before = await readdir(dataDir, { recursive: true });
    await verifyModel(parts, await roundOf(store, 2));
    expect(await readdir(dataDir, { recursive: true })).toEqual(before);
  });
});

describe('a model that does not follow', () => {
  it('differs when a bit of an update is flipped, and says whose', async () => {
    const { store, parts, updatesDirectory } = await aRun();
    const manifest = await roundOf(store, 2);
    const { digest } = manifest.lineage.participants.find(({ clientId }) => clientId === 'B')!;
    const name = (await readdir(updatesDirectory)).find((file) => file.includes(digest))!;
    await flipBit(join(updatesDirectory, name));
    expect(await verifyModel(parts, manifest)).toEqual({
      verdict: 'differs',
      subject: 'the update of B',
      expected: digest,
      actual: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('differs when its parent is altered', async () => {
    const { store, parts, dataDir } = await aRun();
    const manifest = await roundOf(store, 2);
    const { parent } = manifest.lineage;
    await flipBit(join(dataDir, 'models', 'parameters', `${parent}.params`));
    expect(await verifyModel(parts, manifest)).toMatchObject({
      verdict: 'differs',
      subject: `parameters ${parent}`,
      expected: parent,
    });
  });

  it('differs when the manifest tells another weight', async () => {
    const { store, parts } = await aRun();
    const manifest = await roundOf(store, 3);
    const [first, ...others] = manifest.lineage.participants;
    const participants = [{ ...first!, numExamples: first!.numExamples + 1 }, ...others];
    const forged = { ...manifest, lineage: { ...manifest.lineage, participants } };
    expect(await verifyModel(parts, forged)).toMatchObject({
      verdict: 'differs',
      subject: 'the model',
      expected: manifest.parameters.digest,
    });
  });

  it('differs when only the state of the strategy does', async () => {
    const { store, parts } = await aRun();
    const manifest = await roundOf(store, 3);
    const strategyState = { ...manifest.strategyState, moments: [manifest.parameters] };
    expect(await verifyModel(parts, { ...manifest, strategyState })).toMatchObject({
      verdict: 'differs',
      subject: 'the state of the strategy',
    });
  });

  it('differs when it names another parent', async () => {
    const { store, parts } = await aRun();
    const manifest = await roundOf(store, 3);
    const lineage = { ...manifest.lineage, parent: manifest.parameters.digest };
    expect(await verifyModel(parts, { ...manifest, lineage })).toMatchObject({
      verdict: 'differs',
      subject: 'the parent',
    });
  });
});

describe('a model of which too little is left', () => {
  let run: Awaited<ReturnType<typeof aRun>>;
  let third: RoundManifest;

  beforeEach(async () => {
    run = await aRun('delete');
    third = await roundOf(run.store, 3);
  });

  async function missingFor(parts: Partial<VerifyParts>, manifest?: RoundManifest) {
    const verdict = await verifyModel({ ...run.parts, ...parts }, manifest ?? third);
    return verdict.verdict === 'cannot-tell' ? verdict.missing : verdict;
  }

  it('cannot be told: updates were not kept', async () => {
    expect(await missingFor({})).toEqual(['the update of B', 'the update of a', 'the update of ç']);
  });

  it('cannot be told: the round before was dropped', async () => {
    const { lineage } = third;
    const missing = await missingFor({ store: { ...run.store, round: async () => undefined } });
    expect(missing).toEqual([`the record of round ${lineage.round - 1} of run ${lineage.runId}`]);
  });

  it('cannot be told: its strategy is another, or has other settings', async () => {
    const expected = ['strategy FedAvgM [["momentum",0.5],["serverLearningRate",1]]'];
    expect(await missingFor({ strategy: fedAvg() })).toEqual(expected);
    expect(await missingFor({ strategy: fedAvgM({ momentum: 0.4 }) })).toEqual(expected);
  });

  it('cannot be told: the store lost its parent', async () => {
    const { open } = createMemoryModelStore();
    const missing = await missingFor({ store: { ...run.store, open } });
    expect(missing).toContain(`parameters ${third.lineage.parent}`);
  });

  it('cannot be told of the model that a run started from', async () => {
    expect(await missingFor({}, await roundOf(run.store, 0))).toEqual([
      'an aggregation: the model was given, and made of no updates',
    ]);
  });
});
