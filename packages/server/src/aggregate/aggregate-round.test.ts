import { encodeParameters } from '@fedops/parameters';
import { fedAvgM } from '@fedops/strategies';
import { expect, it } from '@jest/globals';
import { rejectionOf } from '../../test/error-code.js';
import { aModel, anUpdate, aPlan } from '../../test/run-samples.js';
import { createMemoryModelStore } from '../model/memory-model-store.js';
import type { ParametersReader } from '../model/model-store.js';
import { aggregateRound } from './aggregate-round.js';

it('closes the current model also where an update cannot be read before it is open', async () => {
  const { signature } = aPlan();
  const bytes = encodeParameters({ signature, tensors: [Float32Array.of(3)] });
  let refuse = () => {};
  const refused = new Promise<void>((resolve) => {
    refuse = resolve;
  });
  let isClosed = false;
  const current: ParametersReader = {
    byteLength: bytes.length,
    read: async (offset, into) => into.set(bytes.subarray(offset, offset + into.length)),
    async close() {
      isClosed = true;
    },
  };
  const broken: ParametersReader = {
    ...current,
    async read(offset, into) {
      if (offset === 0) return current.read(offset, into);
      refuse();
      throw new Error('broken');
    },
    close: async () => {},
  };
  const store = {
    create: () => createMemoryModelStore().create(),
    async open() {
      await refused;
      // Longer than it takes to fail.
      await new Promise((resolve) => setImmediate(resolve));
      return current;
    },
  };
  const aggregated = aggregateRound(
    { store, openUpdate: async () => broken, strategy: fedAvgM({ momentum: 0.5 }) },
    { round: 1, signature, model: aModel(0), updates: [anUpdate('a')] },
  );
  expect((await rejectionOf(aggregated)).code).toBe('internal');
  expect(isClosed).toBe(true);
});
