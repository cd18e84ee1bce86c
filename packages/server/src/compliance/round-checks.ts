import assert from 'node:assert/strict';
import type { RunId } from '@fedops/shared-types';
import { readEncoded } from '../model/read-parameters.js';
import type { ComplianceCheck } from './compliance-check.js';
import { rejectsWith } from './rejects.js';
import { RUN, roundManifest, sampleBytes, versionManifest, writeSample } from './sample-models.js';

/** What rounds made. */
export const roundChecks: readonly ComplianceCheck[] = [
  {
    name: 'gives back what a round made, and nothing for a round that made nothing',
    async check(open) {
      const store = await open();
      const manifest = roundManifest({ round: 1, parameters: await writeSample(store, 1) });
      await store.putRound(manifest);
      assert.deepEqual(await store.round(RUN, 1), manifest);
      assert.equal(await store.round(RUN, 2), undefined);
      assert.equal(await store.round('another run' as RunId, 1), undefined);
    },
  },
  {
    name: 'replaces what a round made when it is recorded again',
    async check(open) {
      const store = await open();
      await store.putRound(roundManifest({ round: 1, parameters: await writeSample(store, 1) }));
      const second = roundManifest({ round: 1, parameters: await writeSample(store, 2) });
      await store.putRound(second);
      assert.deepEqual(await store.round(RUN, 1), second);
    },
  },
  {
    name: 'keeps runs apart whose ids differ by case, or by what file systems make alike',
    async check(open) {
      const store = await open();
      const ids = ['run', 'Run', 'run/1', 'run:1', '../run', 'run.', 'con', 'é', 'e\u0301', 'x'.repeat(200)];
      for (const [i, id] of ids.entries()) {
        const parameters = await writeSample(store, i);
        await store.putRound(roundManifest({ runId: id as RunId, round: 1, parameters }));
      }
      for (const [i, id] of ids.entries()) {
        const { digest } = await writeSample(store, i);
        assert.equal((await store.round(id as RunId, 1))?.parameters.digest, digest, `run ${id}`);
      }
    },
  },
  {
    name: 'drops a round and its parameters',
    async check(open) {
      const store = await open();
      const [parameters, moment] = [await writeSample(store, 1), await writeSample(store, 2)];
      await store.putRound(roundManifest({ round: 1, parameters, moments: [moment] }));
      await store.dropRound(RUN, 1);
      assert.equal(await store.round(RUN, 1), undefined);
      for (const { digest } of [parameters, moment]) await rejectsWith('not-found', store.open(digest));
    },
  },
  {
    name: 'keeps of a dropped round what a version or another round refers to',
    async check(open) {
      const store = await open();
      const [shared, published, moment] = [
        await writeSample(store, 1),
        await writeSample(store, 2),
        await writeSample(store, 3),
      ];
      await store.putRound(roundManifest({ round: 1, parameters: shared }));
      await store.putRound(roundManifest({ round: 2, parameters: shared }));
      await store.putRound(roundManifest({ round: 3, parameters: published, moments: [moment] }));
      await store.publish(versionManifest(1, { round: 3, parameters: published, moments: [moment] }));
      await store.dropRound(RUN, 1);
      await store.dropRound(RUN, 3);
      for (const [i, { digest }] of [shared, published, moment].entries()) {
        assert.deepEqual(await readEncoded(store, digest), sampleBytes(i + 1));
      }
      assert.equal((await store.latest())?.parameters.digest, published.digest);
    },
  },
  {
    name: 'does nothing when a round is dropped that is not there',
    async check(open) {
      await (await open()).dropRound(RUN, 9);
    },
  },
];
