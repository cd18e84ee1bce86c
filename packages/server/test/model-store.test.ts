import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { modelStoreCompliance } from '../src/compliance.js';
import { createMemoryModelStore, type ModelStore, openFileModelStore } from '../src/index.js';
import { freshDirectory } from './directories.js';

/** For each store the way to a new place, and from there to as many objects as are asked for. */
const stores: [name: string, makePlace: () => Promise<() => Promise<ModelStore>>][] = [
  [
    'memory',
    async () => {
      const store = createMemoryModelStore();
      return async () => store;
    },
  ],
  [
    'file',
    async () => {
      const directory = join(await freshDirectory(), 'models');
      return () => openFileModelStore(directory);
    },
  ],
];

describe.each(stores)('the %s store', (_name, makePlace) => {
  it.each([...modelStoreCompliance])('$name', async ({ check }) => {
    await check(await makePlace());
  });
});
