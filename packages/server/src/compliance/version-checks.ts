import assert from 'node:assert/strict';
import type { RunId } from '@fedops/shared-types';
import { readEncoded } from '../model/read-parameters.js';
import type { ComplianceCheck } from './compliance-check.js';
import { rejectsWith } from './rejects.js';
import { sampleBytes, versionManifest, writeSample } from './sample-models.js';

/** The published versions. */
export const versionChecks: readonly ComplianceCheck[] = [
  {
    name: 'has no latest version where none was ever published',
    async check(open) {
      assert.equal(await (await open()).latest(), undefined);
    },
  },
  {
    name: 'publishes V1, V2, … and knows the latest, also when it is opened again',
    async check(open) {
      const store = await open();
      for (const version of [1, 2, 3]) {
        const parameters = await writeSample(store, version);
        const manifest = versionManifest(version, { round: 1, parameters });
        assert.notEqual(await store.publish(manifest), '');
        assert.deepEqual(await store.latest(), manifest);
      }
      const again = await open();
      const latest = await again.latest();
      assert.equal(latest?.version, 3);
      assert.deepEqual(await readEncoded(again, latest.parameters.digest), sampleBytes(3));
    },
  },
  {
    name: 'counts V10 above V9',
    async check(open) {
      const store = await open();
      const parameters = await writeSample(store, 1);
      for (let version = 1; version <= 10; version++)
        await store.publish(versionManifest(version, { round: 1, parameters }));
      assert.equal((await store.latest())?.version, 10);
    },
  },
  {
    name: 'refuses a version that is there with conflict, and keeps the one that is',
    async check(open) {
      const store = await open();
      const first = versionManifest(1, { round: 1, parameters: await writeSample(store, 1) });
      await store.publish(first);
      const other = { runId: 'another run' as RunId, round: 1, parameters: await writeSample(store, 2) };
      await rejectsWith('conflict', store.publish(versionManifest(1, other)));
      assert.deepEqual(await store.latest(), first);
    },
  },
  {
    name: 'takes the same publication again without a change, as after a restart',
    async check(open) {
      const store = await open();
      const manifest = versionManifest(1, { round: 1, parameters: await writeSample(store, 1) });
      const place = await store.publish(manifest);
      assert.equal(await store.publish({ ...manifest, publishedAt: '2026-11-25T00:00:00.000Z' }), place);
      assert.deepEqual(await store.latest(), manifest);
    },
  },
  {
    name: 'refuses to leave a version out',
    async check(open) {
      const store = await open();
      const parameters = await writeSample(store, 1);
      await rejectsWith('invalid-argument', store.publish(versionManifest(2, { round: 1, parameters })));
      assert.equal(await store.latest(), undefined);
    },
  },
  {
    name: 'lets one of two servers publish that try at once; the other gets conflict',
    async check(open) {
      const [one, two] = [await open(), await open()];
      const [mine, yours] = [await writeSample(one, 1), await writeSample(two, 2)];
      const results = await Promise.allSettled([
        one.publish(versionManifest(1, { runId: 'one' as RunId, round: 1, parameters: mine })),
        two.publish(versionManifest(1, { runId: 'two' as RunId, round: 1, parameters: yours })),
      ]);
      const winner = results.findIndex(({ status }) => status === 'fulfilled');
      assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const loser = results.find((result) => result.status === 'rejected');
      await rejectsWith('conflict', Promise.reject(loser?.reason));
      const latest = await two.latest();
      assert.equal(latest?.parameters.digest, [mine, yours][winner]?.digest);
    },
  },
];
