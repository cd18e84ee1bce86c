import { capacityFor, createParameters, type Parameters, sha256 } from '@fedops/parameters';
import type { ClientId, Signature } from '@fedops/shared-types';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createTileMemory, fedAvg, fedAvgM, foldTiles, type Strategy } from '../src/index.js';
import { sectionOf, sectionSink } from './sections.js';

const { WebAssembly } = globalThis as { WebAssembly?: object };

afterEach(() => {
  Object.assign(globalThis, { WebAssembly });
});

const PLATFORMS = [
  { platform: 'WebAssembly with SIMD', WebAssembly, isPlain: false },
  { platform: 'no WebAssembly', WebAssembly: undefined, isPlain: true },
];

/** Not a multiple of any vector's width. */
const SIGNATURE: Signature = [{ name: 'w', shape: [1_013], dtype: 'float32' }];
const CLIENTS = 10;

/** SHA-256 of no bytes. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Values from −0.5 to 0.5 that follow from a seed (MINSTD). */
function valuesOf(seed: number): Float32Array<ArrayBuffer> {
  let state = seed + 1;
  return new Float32Array(1_013).map(() => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2 ** 31 - 0.5;
  });
}

/**
 * In each element two clients of the same weight have 1e30 and −1e30: what was added before them is lost, so that
 * another order of the same additions makes another model. Values of like size would hide it behind the rounding to
 * float32.
 */
function updateOf(k: number): Parameters {
  const pair = Math.floor(k / 2);
  const greatest = k % 2 === 0 ? 1e30 : -1e30;
  return modelOf(valuesOf(k).map((value, i) => (i % (CLIENTS / 2) === pair ? greatest : value)));
}

function modelOf(values: Float32Array<ArrayBuffer>): Parameters {
  return createParameters(SIGNATURE, [values]);
}

async function digestsOfFold(strategy: Strategy): Promise<{ model: string; moments: string }> {
  const updates = Array.from({ length: CLIENTS }, (_, k) => ({
    clientId: `client ${k}` as ClientId,
    numExamples: 1 + ((Math.floor(k / 2) * 37) % 50),
    metrics: {},
    l2Norm: 1,
  }));
  const [model, moments] = [sectionSink(), sectionSink()];
  await foldTiles(
    {
      aggregation: strategy.plan({ round: 1, signature: SIGNATURE, updates, scalars: {} }),
      updates: updates.map((_, k) => sectionOf(updateOf(k))),
      current: sectionOf(modelOf(valuesOf(20))),
      output: model,
      moments: strategy.moments.map(() => ({ last: sectionOf(modelOf(valuesOf(21))), next: moments })),
    },
    { signature: SIGNATURE, tileBytes: 512 },
  );
  return {
    model: await sha256(Uint8Array.from(model.bytes())),
    moments: await sha256(Uint8Array.from(moments.bytes())),
  };
}

describe.each(PLATFORMS)('a fold on a platform with $platform', ({ WebAssembly, isPlain }) => {
  it('works in the memory of the kernel that the platform has', () => {
    Object.assign(globalThis, { WebAssembly });
    const { output } = createTileMemory().take({ updates: 2, moments: 0, bytes: 64 });
    const plainBytes = capacityFor([64, 64, 64, 64, 16, 128]);
    // WebAssembly has whole pages.
    expect(output.buffer.byteLength).toBe(isPlain ? plainBytes : 65_536);
  });

  it.each([
    [
      'fedAvg',
      fedAvg(),
      { model: 'aa6f6faa50079953cfcc1b6c55a18ca0f1f008a73e88c0181226bbd8f1f3585c', moments: NOTHING },
    ],
    [
      'fedAvgM',
      fedAvgM({ momentum: 0.9 }),
      {
        model: '6a06434c991cbcfb5949c79bb8fc1740d4b8c6d644c78a62f41ad78078ee4add',
        moments: 'd790bbf7ae41234d466e07e945d99c51dfe4bc89fbc31f1023e28a2905d3c1c6',
      },
    ],
  ])('makes the pinned model: %s', async (_name, strategy, pinned) => {
    Object.assign(globalThis, { WebAssembly });
    expect(await digestsOfFold(strategy)).toEqual(pinned);
  });
});
