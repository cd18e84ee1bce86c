import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readEncoded } from '../model/read-parameters.js';
import type { ComplianceCheck } from './compliance-check.js';
import { rejectsWith } from './rejects.js';
import { sampleBytes, writeSample } from './sample-models.js';

const UNKNOWN_DIGEST = '0'.repeat(64);

/** Parameters by digest. */
export const parametersChecks: readonly ComplianceCheck[] = [
  {
    name: 'names parameters by the SHA-256 of their bytes and gives them back',
    async check(open) {
      const store = await open();
      const bytes = sampleBytes(1);
      const ref = await writeSample(store, 1);
      assert.deepEqual(ref, {
        digest: createHash('sha256').update(bytes).digest('hex'),
        byteLength: bytes.length,
      });
      assert.deepEqual(await readEncoded(store, ref.digest), bytes);
    },
  },
  {
    name: 'takes parameters in pieces of any size, and memory that is written over afterwards',
    async check(open) {
      const store = await open();
      const bytes = sampleBytes(2);
      const writer = await store.create();
      const piece = Buffer.alloc(bytes.length);
      for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 3) % 101) {
        const length = Math.min(size, bytes.length - at);
        piece.set(bytes.subarray(at, at + length));
        await writer.append(piece.subarray(0, length));
        piece.fill(0xff);
        if (length < size) break;
      }
      const { digest } = await writer.commit();
      assert.equal(digest, createHash('sha256').update(bytes).digest('hex'));
      assert.deepEqual(await readEncoded(store, digest), bytes);
    },
  },
  {
    name: 'takes parameters that are larger than any buffer of its own',
    async check(open) {
      const store = await open();
      const writer = await store.create();
      const [small, large] = [new Uint8Array(1_000).fill(1), new Uint8Array(3_000_000).fill(2)];
      for (const bytes of [small, large, small]) await writer.append(bytes);
      const { digest, byteLength } = await writer.commit();
      assert.equal(byteLength, 3_002_000);
      assert.deepEqual(Buffer.from(await readEncoded(store, digest)), Buffer.concat([small, large, small]));
    },
  },
  {
    name: 'keeps equal parameters under one digest, also when they are written twice at once',
    async check(open) {
      const store = await open();
      const refs = await Promise.all([writeSample(store, 3), writeSample(store, 3), writeSample(store, 3)]);
      assert.equal(new Set(refs.map(({ digest }) => digest)).size, 1);
      assert.deepEqual(await readEncoded(store, refs[0]!.digest), sampleBytes(3));
    },
  },
  {
    name: 'reads at any offset, and refuses to read beyond the end with storage',
    async check(open) {
      const store = await open();
      const bytes = sampleBytes(4);
      const { digest } = await writeSample(store, 4);
      const reader = await store.open(digest);
      assert.equal(reader.byteLength, bytes.length);
      for (const [offset, length] of [
        [0, 1],
        [7, 64],
        [bytes.length - 3, 3],
        [bytes.length, 0],
      ] as const) {
        const into = new Uint8Array(length);
        await reader.read(offset, into);
        assert.deepEqual(into, bytes.slice(offset, offset + length));
      }
      await rejectsWith('storage', reader.read(bytes.length - 1, new Uint8Array(2)));
      await reader.close();
    },
  },
  {
    name: 'says not-found for a digest that it does not hold',
    async check(open) {
      await rejectsWith('not-found', (await open()).open(UNKNOWN_DIGEST));
    },
  },
  {
    name: 'shows nothing of parameters that were thrown away',
    async check(open) {
      const store = await open();
      const writer = await store.create();
      await writer.append(sampleBytes(5));
      await writer.discard();
      await writer.discard();
      const digest = createHash('sha256').update(sampleBytes(5)).digest('hex');
      await rejectsWith('not-found', store.open(digest));
    },
  },
  {
    name: 'does nothing when parameters are thrown away after they were committed',
    async check(open) {
      const store = await open();
      const writer = await store.create();
      await writer.append(sampleBytes(6));
      const { digest } = await writer.commit();
      await writer.discard();
      assert.deepEqual(await readEncoded(store, digest), sampleBytes(6));
    },
  },
];
