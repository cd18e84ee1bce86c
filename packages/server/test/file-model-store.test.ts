import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RUN, roundManifest, versionManifest, writeSample } from '../src/compliance/sample-models.js';
import { type FileSystem, nodeFileSystem, openFileModelStore } from '../src/index.js';
import { freshDirectory } from './directories.js';
import { rejectionOf } from './error-code.js';

/** A store with V1, whose round is recorded. */
async function storeWithV1() {
  const directory = join(await freshDirectory(), 'models');
  const store = await openFileModelStore(directory);
  const parameters = await writeSample(store, 1);
  await store.putRound(roundManifest({ round: 1, parameters }));
  const path = await store.publish(versionManifest(1, { round: 1, parameters }));
  return { directory, store, parameters, path };
}

describe('the file store', () => {
  it('lays its files out as its documentation says, private to the user', async () => {
    const { directory, path, parameters } = await storeWithV1();
    expect((await readdir(directory)).sort()).toEqual(['parameters', 'rounds', 'store.json', 'versions']);
    expect(path).toBe(join(directory, 'parameters', `${parameters.digest}.params`));
    expect(await readdir(join(directory, 'versions'))).toEqual(['V1.json']);
    if (process.platform !== 'win32') {
      for (const file of [
        directory,
        join(directory, 'versions'),
        path,
        join(directory, 'versions', 'V1.json'),
      ])
        expect((await stat(file)).mode & 0o077).toBe(0);
    }
  });

  it('keeps the record of a round that was put last, however long the one before takes', async () => {
    let isFirst = true;
    const files: FileSystem = {
      ...nodeFileSystem,
      async rename(from, to) {
        const isSlow = isFirst && to.includes('rounds');
        isFirst &&= !isSlow;
        for (let turns = isSlow ? 200 : 0; turns > 0; turns--) await nodeFileSystem.list(dirname(to));
        await nodeFileSystem.rename(from, to);
      },
    };
    const store = await openFileModelStore(join(await freshDirectory(), 'models'), files);
    const [first, second] = [await writeSample(store, 1), await writeSample(store, 2)];
    await Promise.all(
      [first, second].map((parameters) => store.putRound(roundManifest({ round: 1, parameters }))),
    );
    expect((await store.round(RUN, 1))?.parameters).toEqual(second);
  });

  it('leaves no temporary file behind, whatever becomes of a writer', async () => {
    const { directory, store } = await storeWithV1();
    const writer = await store.create();
    await writer.append(new Uint8Array(500_000));
    await writer.discard();
    const names = await readdir(join(directory, 'parameters'));
    expect(names.filter((name) => !name.endsWith('.params'))).toEqual([]);
  });

  it('says storage where a writer\u2019s file cannot be removed', async () => {
    const remove = () => Promise.reject(Object.assign(new Error('broken'), { code: 'EIO' }));
    const { directory } = await storeWithV1();
    const store = await openFileModelStore(directory, { ...nodeFileSystem, remove });
    expect((await rejectionOf((await store.create()).discard())).code).toBe('storage');
  });

  it('removes what a killed writer left a day ago, and nothing younger', async () => {
    const { directory } = await storeWithV1();
    const [old, young] = ['old.tmp', 'young.tmp'].map((name) => join(directory, 'parameters', name)) as [
      string,
      string,
    ];
    await writeFile(old, 'x');
    await writeFile(young, 'x');
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(old, twoDaysAgo, twoDaysAgo);
    await openFileModelStore(directory);
    const names = await readdir(join(directory, 'parameters'));
    expect([names.includes('old.tmp'), names.includes('young.tmp')]).toEqual([false, true]);
  });

  const damages: [what: string, damage: (parts: Awaited<ReturnType<typeof storeWithV1>>) => Promise<void>][] =
    [
      ['a manifest cut off', ({ directory }) => truncate(join(directory, 'versions', 'V1.json'), 10)],
      ['an empty manifest', ({ directory }) => truncate(join(directory, 'versions', 'V1.json'), 0)],
      [
        'a manifest of another kind',
        ({ directory }) => writeFile(join(directory, 'versions', 'V1.json'), '[]'),
      ],
      ['parameters cut off', ({ path }) => truncate(path, 100)],
      ['parameters changed', async ({ path }) => writeFile(path, (await readFile(path)).fill(1, 200, 204))],
      ['parameters gone', ({ path }) => rm(path)],
      [
        'a directory in a manifest\u2019s place',
        async ({ directory }) => {
          await rm(join(directory, 'versions', 'V1.json'));
          await mkdir(join(directory, 'versions', 'V1.json'));
        },
      ],
      ['the versions gone', ({ directory }) => rm(join(directory, 'versions'), { recursive: true })],
    ];

  it.each(damages)('says storage for %s, never that there is no model', async (_what, damage) => {
    const parts = await storeWithV1();
    await damage(parts);
    expect((await rejectionOf(parts.store.latest())).code).toBe('storage');
  });

  it('says storage for a round\u2019s record that is damaged', async () => {
    const { directory, store } = await storeWithV1();
    const [run] = await readdir(join(directory, 'rounds'));
    await writeFile(join(directory, 'rounds', run!, '1.json'), '{');
    expect((await rejectionOf(store.round(RUN, 1))).code).toBe('storage');
  });

  it('says that a record is damaged which is JSON and no record', async () => {
    const { directory, store } = await storeWithV1();
    const [run] = await readdir(join(directory, 'rounds'));
    const path = join(directory, 'rounds', run!, '1.json');
    await writeFile(path, '{}');
    const { code, message, details } = await rejectionOf(store.round(RUN, 1));
    expect([code, details.damaged]).toEqual(['storage', true]);
    expect(message).toContain(path);
  });

  it('removes at its next opening what a killed writer had begun to drop', async () => {
    const { directory } = await storeWithV1();
    const isParameters = (path: string) => path.endsWith('.params');
    const files: FileSystem = {
      ...nodeFileSystem,
      remove: (path) =>
        isParameters(path) ? Promise.reject(new Error('killed')) : nodeFileSystem.remove(path),
    };
    const store = await openFileModelStore(directory, files);
    const second = await writeSample(store, 2);
    await store.putRound(roundManifest({ round: 2, parameters: second }));
    await expect(store.dropRound(RUN, 2)).rejects.toThrow('killed');
    expect(await store.round(RUN, 2)).toBeUndefined();

    const again = await openFileModelStore(directory);
    expect((await rejectionOf(again.open(second.digest))).code).toBe('not-found');
    expect(await readdir(join(directory, 'dropped'))).toEqual([]);
    expect((await again.latest())?.version).toBe(1);
  });

  it('drops no parameters while a record that may refer to them cannot be read', async () => {
    const { directory, store } = await storeWithV1();
    const second = await writeSample(store, 2);
    await store.putRound(roundManifest({ round: 2, parameters: second }));
    await writeFile(join(directory, 'versions', 'V1.json'), '{');
    expect((await rejectionOf(store.dropRound(RUN, 2))).code).toBe('storage');
    await (await store.open(second.digest)).close();
  });

  it.each([
    ['a file in its place', 'storage', async (directory: string) => writeFile(directory, 'x')],
    [
      'a file in the place of a directory',
      'storage',
      async (directory: string) => {
        await mkdir(directory);
        await writeFile(join(directory, 'rounds'), 'x');
      },
    ],
    [
      'a store file of another format',
      'unsupported',
      async (directory: string) => {
        await mkdir(directory);
        await writeFile(join(directory, 'store.json'), '{"format":"something else","version":1}');
      },
    ],
    [
      'a store file that is damaged',
      'storage',
      async (directory: string) => {
        await mkdir(directory);
        await writeFile(join(directory, 'store.json'), '');
      },
    ],
  ])('does not open over %s', async (_what, code, make) => {
    const directory = join(await freshDirectory(), 'models');
    await make(directory);
    expect((await rejectionOf(openFileModelStore(directory))).code).toBe(code);
  });

  it('opened by two at once is one store', async () => {
    const directory = join(await freshDirectory(), 'models');
    const stores = await Promise.all(Array.from({ length: 5 }, () => openFileModelStore(directory)));
    const { digest } = await writeSample(stores[0]!, 1);
    for (const store of stores) await (await store.open(digest)).close();
  });
});
