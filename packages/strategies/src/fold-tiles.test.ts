import {
  createParameters,
  elementCount,
  layoutOf,
  type Parameters,
  type TensorData,
} from '@fedops/parameters';
import { type ClientId, DTYPES, type Dtype, type Signature } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { dataOf, floats, sectionOf, sectionSink } from '../test/sections.js';
import { weightedMean } from './arithmetic/weighted-mean.js';
import { fedAvg } from './fed-avg.js';
import { fedAvgM } from './fed-avg-m.js';
import { foldTiles } from './fold-tiles.js';
import { momentSignature } from './moments.js';
import type { Aggregation, Strategy, UpdateFacts } from './strategy.js';

const mixed: Signature = [
  { name: 'scalar', shape: [], dtype: 'float32' },
  { name: 'none', shape: [0, 3], dtype: 'float64' },
  ...DTYPES.map((dtype) => ({ name: dtype, shape: [7, 41], dtype })),
];

/** Parameters whose elements follow from a seed, differently for each seed. */
function modelOf(signature: Signature, seed: number): Parameters {
  let state = seed + 1;
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  return createParameters(
    signature,
    signature.map((spec) => tensorOf(spec.dtype, Array.from({ length: elementCount(spec) }, next))),
  );
}

/** @param values From 1 to 2³¹ − 2. */
function tensorOf(dtype: Dtype, values: readonly number[]): TensorData {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(values, (value) => value / 1e9 - 1);
    case 'float64':
      return Float64Array.from(values, (value) => value / 1e9 - 1);
    case 'int32':
      return Int32Array.from(values, (value) => value - 2 ** 30);
    case 'int64':
      return BigInt64Array.from(values, (value) => BigInt(value) ** 2n);
    case 'uint8':
      return Uint8Array.from(values);
    case 'bool':
      return Uint8Array.from(values, (value) => value % 2);
  }
}

function factsOf(count: number): UpdateFacts[] {
  return Array.from({ length: count }, (_, k) => ({
    clientId: `client-${k}` as ClientId,
    numExamples: 10 * k + 1,
    metrics: {},
    l2Norm: 1,
  }));
}

interface FoldInput {
  readonly strategy: Strategy;
  readonly signature: Signature;
  readonly updates: readonly Parameters[];
  readonly current: Parameters;
  readonly last?: Parameters;
  readonly tileBytes?: number;
}

async function fold({ strategy, signature, updates, current, last, tileBytes }: FoldInput) {
  const aggregation = strategy.plan({ round: 1, signature, updates: factsOf(updates.length), scalars: {} });
  const [output, moment] = [sectionSink(), sectionSink()];
  const sources = updates.map(sectionOf);
  const momentSource = last === undefined ? {} : { last: sectionOf(last) };
  await foldTiles(
    {
      aggregation,
      updates: sources,
      current: sectionOf(current),
      output,
      moments: strategy.moments.map(() => ({ ...momentSource, next: moment })),
    },
    { signature, ...(tileBytes !== undefined && { tileBytes }) },
  );
  return { output: output.bytes(), moment: moment.bytes(), sources, ...aggregation.finish() };
}

const models = (signature: Signature, count: number) =>
  Array.from({ length: count }, (_, k) => modelOf(signature, k));

describe('foldTiles', () => {
  it.each([64, 128, 192, 1_024, 65_536])(
    'makes of tiles of %i bytes what whole tensors make',
    async (tileBytes) => {
      const updates = models(mixed, 3);
      const whole = createParameters(
        mixed,
        mixed.map(({ dtype }, i) => {
          const output = updates[0]!.tensors[i]!.slice() as TensorData;
          const slices = updates.map(({ tensors }) => tensors[i]!);
          weightedMean(dtype, slices, [1, 11, 21], output);
          return output;
        }),
      );
      for (const strategy of [fedAvg(), showingAll()]) {
        const current = modelOf(mixed, 9);
        const { output } = await fold({ strategy, signature: mixed, updates, current, tileBytes });
        expect(output).toEqual(dataOf(whole));
      }
    },
  );

  it.each([1, 63, 65, 100])('rounds a tile of %i bytes to whole elements', async (tileBytes) => {
    const common = {
      strategy: fedAvg(),
      signature: mixed,
      updates: models(mixed, 2),
      current: modelOf(mixed, 9),
    };
    const [odd, even] = [await fold({ ...common, tileBytes }), await fold({ ...common, tileBytes: 64 })];
    expect(odd.output).toEqual(even.output);
  });

  it('gives the same for momentum whatever the tile, padding zeros included', async () => {
    const common = {
      strategy: fedAvgM({ momentum: 0.9, serverLearningRate: 0.3 }),
      signature: mixed,
      updates: models(mixed, 4),
      current: modelOf(mixed, 9),
      last: modelOf(momentSignature(mixed), 8),
    };
    const [small, large] = [await fold({ ...common, tileBytes: 64 }), await fold(common)];
    expect(small).toMatchObject({ output: large.output, moment: large.moment });
    expect(large.moment.length).toBe(layoutOf(momentSignature(mixed)).byteLength);
    expect(large.output.length).toBe(layoutOf(mixed).byteLength);
    const { places } = layoutOf(mixed);
    const end = places[0]!.offset + places[0]!.byteLength;
    expect(large.output.slice(end, places[2]!.offset).every((byte) => byte === 0)).toBe(true);
  });

  it('makes whole sections of a model that ends with a tensor without elements', async () => {
    const signature: Signature = [
      { name: 'w', shape: [3], dtype: 'float32' },
      { name: 'none', shape: [0], dtype: 'float32' },
    ];
    const updates = [modelOf(signature, 1)];
    const strategy = fedAvgM({ momentum: 0.9 });
    const { output, moment } = await fold({ strategy, signature, updates, current: updates[0]! });
    expect(output).toEqual(dataOf(updates[0]!));
    expect(moment.length).toBe(layoutOf(momentSignature(signature)).byteLength);
  });

  it('carries a moment from one round to the next', async () => {
    const signature = floats('w', [0, 0]).signature;
    const strategy = fedAvgM({ momentum: 0.5 });
    const common = { strategy, signature, updates: [floats('w', [1, 2])], current: floats('w', [0, 0]) };
    const first = await fold(common);
    expect(first.moment).toEqual(dataOf(floats('velocity', [-1, -2])));
    const second = await fold({ ...common, last: floats('velocity', [-1, -2]) });
    expect(second.moment).toEqual(dataOf(floats('velocity', [-1.5, -3])));
    expect(second.output).toEqual(dataOf(floats('w', [1.5, 3])));
  });

  it('gives integer tensors no moments', async () => {
    const seen: { tensor: number; moments: number }[] = [];
    const watching: Strategy = {
      ...fedAvgM({ momentum: 0 }),
      plan: () => ({
        passes: 1,
        fold: ({ tensor, moments }) => seen.push({ tensor, moments: moments.length }),
        finish: () => ({ metrics: {}, scalars: {} }),
      }),
    };
    await fold({
      strategy: watching,
      signature: mixed,
      updates: models(mixed, 1),
      current: modelOf(mixed, 9),
    });
    const withMoments = seen.filter(({ moments }) => moments === 1).map(({ tensor }) => mixed[tensor]!.dtype);
    expect(new Set(withMoments)).toEqual(new Set(['float32', 'float64']));
    const without = seen.filter(({ moments }) => moments === 0).map(({ tensor }) => mixed[tensor]!.dtype);
    expect(new Set(without)).toEqual(new Set(['int32', 'int64', 'uint8', 'bool']));
  });

  it('shows a strategy of two passes every tile twice and writes only the second', async () => {
    const signature = floats('w', Array(100).fill(0)).signature;
    const near = floats('w', Array(100).fill(1));
    const far = floats('w', Array(100).fill(50));
    const { output, metrics } = await fold({
      strategy: nearestToCurrent(),
      signature,
      updates: [far, near],
      current: floats('w', Array(100).fill(0)),
      tileBytes: 64,
    });
    expect(output).toEqual(dataOf(near));
    expect(metrics).toEqual({ firstPassTiles: 7, secondPassTiles: 7 });
  });

  it.each([1, 10, 100, 1_000])(
    'holds little of each of %i updates that a strategy sees: one tile, or up to four where they are few',
    async (count) => {
      const { held, heldBytes, sources } = await memoryOfFold(showingAll(), count);
      const one = Math.max(64 * 1024, Math.min(160_000, (1024 * 1024) / count));
      const tiles = Math.min(count * one, 4 * 1024 * 1024);
      const [currentAndOutput, sums, weightsAndRounding] = [2 * one, 2 * one, 64 * 1024 + count * 8];
      expect(held.size).toBe(1);
      expect(heldBytes).toBeLessThanOrEqual(tiles + currentAndOutput + sums + weightsAndRounding);
      const readBytes = sources[0]!.reads.reduce((sum, { into }) => sum + into.length, 0);
      expect(readBytes).toBe(160_000);
    },
  );

  it.each([
    [1, 2],
    [3, 6],
    [5, 8],
    [1_000, 8],
  ])('holds of %i updates whose mean it sums up not more than %i stretches', async (count, stretches) => {
    const { held, heldBytes, sources } = await memoryOfFold(fedAvg(), count);
    const [currentOutputAndSums, weightsAndRounding] = [4 * 160_000, 64 * 1024 + 1024];
    expect(held.size).toBe(1);
    expect(heldBytes).toBeLessThanOrEqual(stretches * 160_000 + currentOutputAndSums + weightsAndRounding);
    expect(sources.map(({ reads }) => reads.map(({ into }) => into.length))).toEqual(
      sources.map(() => [160_000]),
    );
  });

  it('sums up a mean to the bits of the plain one, however many updates there are', async () => {
    const values = fc.float({ noNaN: true, noDefaultInfinity: true });
    const anyUpdates = fc
      .integer({ min: 1, max: 80 })
      .chain((length) =>
        fc.array(fc.array(values, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 19 }),
      );
    await fc.assert(
      fc.asyncProperty(anyUpdates, async (updates) => {
        const { output } = await fold({
          strategy: fedAvg(),
          signature: floats('w', updates[0]!).signature,
          updates: updates.map((elements) => floats('w', elements)),
          current: floats('w', updates[0]!),
          tileBytes: 64,
        });
        const expected = new Float32Array(updates[0]!.length);
        const weights = factsOf(updates.length).map(({ numExamples }) => numExamples);
        weightedMean(
          'float32',
          updates.map((elements) => Float32Array.from(elements)),
          weights,
          expected,
        );
        expect(output).toEqual(new Uint8Array(expected.buffer));
      }),
    );
  });

  it('reads the current model only where it makes a step from it', async () => {
    const signature = floats('w', [1, 2]).signature;
    const reads = async (strategy: Strategy) => {
      const current = sectionOf(floats('w', [0, 0]));
      await foldTiles(
        {
          aggregation: planOf(strategy, signature),
          updates: [sectionOf(floats('w', [1, 2]))],
          current,
          output: sectionSink(),
          moments: strategy.moments.map(() => ({ next: sectionSink() })),
        },
        { signature },
      );
      return current.reads.length;
    };
    expect([await reads(fedAvg()), await reads(fedAvgM({ momentum: 0 }))]).toEqual([0, 1]);
  });

  it('shows every update to an aggregation that sees tiles, also to one that holds weights of its own', async () => {
    const weighing = (weights: readonly number[]): Strategy => ({
      ...fedAvg(),
      plan: () => ({
        weights,
        passes: 1,
        fold: ({ updates, output }) => (output as Float32Array).set(updates[1] as Float32Array),
        finish: () => ({ metrics: {}, scalars: {} }),
      }),
    });
    const { signature } = floats('w', [0]);
    const updates = [floats('w', [1]), floats('w', [2])];
    const { output } = await fold({
      strategy: weighing([1, 1]),
      signature,
      updates,
      current: floats('w', [0]),
    });
    expect(output).toEqual(dataOf(floats('w', [2])));
  });

  it.each([
    ['of some of them', [0, 2, 3]],
    ['from the last to the first', [3, 2, 1, 0]],
    ['in another order', [3, 1, 2]],
    ['of one several times', [1, 1, 0, 2, 2, 3]],
  ])('takes for a strategy the mean of updates %s', async (_which, chosen) => {
    const strategy: Strategy = {
      ...fedAvg(),
      plan: () => ({
        passes: 1,
        fold: ({ updates, output }, { weightedMean: mean }) =>
          mean(
            'float32',
            chosen.map((k) => updates[k]!),
            chosen.map(() => 1),
            output,
          ),
        finish: () => ({ metrics: {}, scalars: {} }),
      }),
    };
    const values = [1, 10, 100, 1_000];
    const { signature } = floats('w', [0]);
    const updates = values.map((value) => floats('w', [value]));
    const { output } = await fold({ strategy, signature, updates, current: floats('w', [0]) });
    const expected = chosen.reduce((sum, k) => sum + values[k]!, 0) / chosen.length;
    expect(output).toEqual(dataOf(floats('w', [expected])));
  });

  it('refuses a mean without a weight for each update', async () => {
    const { signature } = floats('w', [1]);
    const parts = {
      aggregation: { weights: [1, 1], finish: () => ({ metrics: {}, scalars: {} }) },
      updates: [sectionOf(floats('w', [1]))],
      current: sectionOf(floats('w', [0])),
      output: sectionSink(),
      moments: [],
    };
    await expect(foldTiles(parts, { signature })).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('reads the data section in order and no byte twice, aligned as the tensors lie', async () => {
    const { sources } = await fold({
      strategy: fedAvg(),
      signature: mixed,
      updates: models(mixed, 1),
      current: modelOf(mixed, 9),
      tileBytes: 128,
    });
    const { reads } = sources[0]!;
    expect(reads.every(({ offset }) => offset % 64 === 0)).toBe(true);
    const ends = reads.map(({ offset, into }) => offset + into.length);
    expect(reads.slice(1).every(({ offset }, i) => offset >= ends[i]! && offset - ends[i]! < 64)).toBe(true);
    expect([reads[0]!.offset, ends.at(-1)]).toEqual([0, layoutOf(mixed).byteLength]);
  });

  it('reads small tensors together', async () => {
    const signature = Array.from({ length: 20 }, (_, i) => ({
      name: `bias-${i}`,
      shape: [10],
      dtype: 'float32' as const,
    }));
    const { sources } = await fold({
      strategy: fedAvg(),
      signature,
      updates: models(signature, 2),
      current: modelOf(signature, 9),
    });
    expect(sources[0]!.reads).toHaveLength(1);
  });

  it('fails as its source, its sink and its strategy fail', async () => {
    const model = floats('w', [1]);
    const { signature } = model;
    const failing = () => Promise.reject(new Error('the disk is gone'));
    const parts = {
      aggregation: planOf(fedAvg(), signature),
      updates: [sectionOf(model)],
      current: sectionOf(model),
      output: sectionSink(),
      moments: [],
    };
    await expect(foldTiles({ ...parts, updates: [{ read: failing }] }, { signature })).rejects.toThrow(
      'gone',
    );
    await expect(foldTiles({ ...parts, output: { append: failing } }, { signature })).rejects.toThrow('gone');
    const wrong = () => {
      throw new Error('the strategy is wrong');
    };
    const finish = () => parts.aggregation.finish();
    const throwers: Aggregation[] = [
      { passes: 1, fold: wrong, finish },
      { weights: [1], step: wrong, finish },
    ];
    for (const aggregation of throwers) {
      await expect(foldTiles({ ...parts, aggregation }, { signature })).rejects.toThrow('strategy is wrong');
    }
  });
});

/** What a fold of so many updates of 160,000 bytes holds in memory. */
async function memoryOfFold(strategy: Strategy, count: number) {
  const signature: Signature = [{ name: 'w', shape: [40_000], dtype: 'float32' }];
  const model = modelOf(signature, 1);
  const { sources } = await fold({
    strategy,
    signature,
    updates: Array.from({ length: count }, () => model),
    current: model,
  });
  const held = new Set(sources.flatMap(({ reads }) => reads.map(({ into }) => into.buffer)));
  return { sources, held, heldBytes: [...held].reduce((sum, { byteLength }) => sum + byteLength, 0) };
}

/** FedAvg, by a strategy that sees every update. */
function showingAll(): Strategy {
  return {
    ...fedAvg(),
    plan({ signature, updates }) {
      const weights = updates.map(({ numExamples }) => numExamples);
      return {
        passes: 1,
        fold: ({ tensor, updates: slices, output }, arithmetic) =>
          arithmetic.weightedMean(signature[tensor]!.dtype, slices, weights, output),
        finish: () => ({ metrics: {}, scalars: {} }),
      };
    },
  };
}

function planOf(strategy: Strategy, signature: Signature): Aggregation {
  return strategy.plan({ round: 1, signature, updates: factsOf(1), scalars: {} });
}

/** Takes the one update that is nearest to the current model: distances in the first pass, the copy in the second. */
function nearestToCurrent(): Strategy {
  return {
    ...fedAvg(),
    name: 'NearestToCurrent',
    plan({ updates }) {
      const distances = updates.map(() => 0);
      const tiles = [0, 0];
      return {
        passes: 2,
        fold({ pass, updates: slices, current, output }) {
          tiles[pass]!++;
          if (pass === 0) {
            for (const [k, slice] of slices.entries()) {
              for (const i of slice.keys()) distances[k]! += (Number(slice[i]) - Number(current[i])) ** 2;
            }
            return;
          }
          const nearest = distances.indexOf(Math.min(...distances));
          (output as Float32Array).set(slices[nearest] as Float32Array);
        },
        finish: () => ({ metrics: { firstPassTiles: tiles[0]!, secondPassTiles: tiles[1]! }, scalars: {} }),
      };
    },
  };
}
