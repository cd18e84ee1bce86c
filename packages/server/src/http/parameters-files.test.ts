import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { codeThrownBy, rejectionOf } from '../../test/error-code.js';
import { createMemoryModelStore } from '../model/memory-model-store.js';
import type { ModelStore } from '../model/model-store.js';
import { assertDigest, chunksOf, createParametersFiles } from './parameters-files.js';

/** A store that counts how often it is read. */
async function aStore(...contents: readonly Uint8Array[]) {
  const memory = createMemoryModelStore();
  for (const bytes of contents) {
    const writer = await memory.create();
    await writer.append(bytes);
    await writer.commit();
  }
  const counts = { reads: 0, open: 0 };
  const store: ModelStore = {
    ...memory,
    async open(digest) {
      const reader = await memory.open(digest);
      counts.open++;
      return {
        ...reader,
        async read(offset, into) {
          counts.reads++;
          await reader.read(offset, into);
        },
        async close() {
          counts.open--;
        },
      };
    },
  };
  return { store, counts };
}

const model = new Uint8Array(2_500_000).map((_, i) => i % 251);
const digest = createHash('sha256').update(model).digest('hex');

describe('createParametersFiles', () => {
  it('reads a model once for all who ask, also at once, and gives everybody the same bytes', async () => {
    const { store, counts } = await aStore(model);
    const files = createParametersFiles(store);
    const served = await Promise.all(Array.from({ length: 5 }, () => files.serve(digest)));
    const buffers = served.map((one) => (one.kind === 'buffer' ? one.bytes : undefined));
    expect(new Set(buffers).size).toBe(1);
    expect(Buffer.from(buffers[0]!).equals(model)).toBe(true);
    expect(counts).toEqual({ reads: 1, open: 0 });
  });

  it('puts the next model where the last one was, once nobody is being sent that', async () => {
    const [first, second, third] = [1, 2, 3].map((value) => new Uint8Array(1_000).fill(value));
    const { store } = await aStore(first!, second!, third!);
    const files = createParametersFiles(store);
    const bytesOf = async (bytes: Uint8Array) => {
      const served = await files.serve(createHash('sha256').update(bytes).digest('hex'));
      if (served.kind !== 'buffer') throw new Error('expected a buffer');
      return served;
    };
    const one = await bytesOf(first!);
    const alsoOne = await bytesOf(first!);
    one.release();
    one.release();
    const two = await bytesOf(second!);
    expect(alsoOne.bytes).toEqual(first);
    expect(two.bytes).toEqual(second);
    alsoOne.release();
    two.release();
    const three = await bytesOf(third!);
    expect(three.bytes).toEqual(third);
    expect(three.bytes).toBe(two.bytes);
  });

  it('shares what is being sent, also when other models are asked for in turn', async () => {
    const models = [1, 2].map((value) => new Uint8Array(1_000).fill(value));
    const { store, counts } = await aStore(...models);
    const files = createParametersFiles(store);
    const digests = models.map((bytes) => createHash('sha256').update(bytes).digest('hex'));
    for (let i = 0; i < 20; i++) {
      const served = await files.serve(digests[i % 2]!);
      expect(served).toMatchObject({ kind: 'buffer', bytes: models[i % 2] });
    }
    expect(counts).toEqual({ reads: 2, open: 0 });
  });

  it('keeps four models in memory at the most, and reads further ones from the store', async () => {
    const models = [1, 2, 3, 4, 5].map((value) => new Uint8Array(1_000).fill(value));
    const { store } = await aStore(...models);
    const files = createParametersFiles(store);
    const serve = (bytes: Uint8Array) => files.serve(createHash('sha256').update(bytes).digest('hex'));
    const served = [];
    for (const bytes of models) served.push(await serve(bytes));
    expect(served.map(({ kind }) => kind)).toEqual(['buffer', 'buffer', 'buffer', 'buffer', 'reader']);
    for (const one of served) {
      if (one.kind === 'buffer') one.release();
      else await one.reader.close();
    }
    expect(await serve(models[4]!)).toMatchObject({ kind: 'buffer', bytes: models[4] });
  });

  it('reads a model over the bound for each client, in pieces', async () => {
    const { store, counts } = await aStore(model);
    const served = await createParametersFiles(store, model.length - 1).serve(digest);
    if (served.kind !== 'reader') throw new Error('expected a reader');
    const chunks: Uint8Array[] = [];
    for await (const chunk of chunksOf(served.reader)) chunks.push(chunk);
    await served.reader.close();
    expect(Buffer.concat(chunks).equals(model)).toBe(true);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(1024 * 1024);
    expect(counts.open).toBe(0);
  });

  it('does not hold on to a read that failed', async () => {
    const { store } = await aStore(model);
    let isBroken = true;
    const files = createParametersFiles({
      ...store,
      async open(wanted) {
        const reader = await store.open(wanted);
        return {
          ...reader,
          read: (at, into) => (isBroken ? Promise.reject(new Error('broken')) : reader.read(at, into)),
        };
      },
    });
    await expect(files.serve(digest)).rejects.toThrow('broken');
    isBroken = false;
    expect(await files.serve(digest)).toMatchObject({ kind: 'buffer' });
  });

  it('says not-found for what the store does not hold, and for what is no digest', async () => {
    const { store } = await aStore();
    expect((await rejectionOf(createParametersFiles(store).serve(digest))).code).toBe('not-found');
    for (const text of [undefined, '', 'abc', digest.toUpperCase(), `${digest}0`]) {
      expect(codeThrownBy(() => assertDigest(text))).toBe('not-found');
    }
  });
});
