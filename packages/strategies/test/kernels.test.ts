import { capacityFor, createParameters, sha256 } from '@fedops/parameters';
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
const MAGNITUDES = [1e-8, 1, 1e30, 1e-4, -1e30];
const CLIENTS = 9;

/** SHA-256 of no bytes. */
const NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Values of mixed magnitude that follow from a seed (MINSTD). */
function modelOf(seed: number) {
  let state = seed + 1;
  const values = new Float32Array(1_013).map((_, i) => {
    state = (state * 48_271) % 2_147_483_647;
    return (state / 2 ** 31 - 0.5) * MAGNITUDES[(i + seed) % MAGNITUDES.length]!;
  });
  return createParameters(SIGNATURE, [values]);
}

async function digestsOfFold(strategy: Strategy): Promise<{ model: string; moments: string }> {
  const updates = Array.from({ length: CLIENTS }, (_, k) => ({
    clientId: `client ${k}` as ClientId,
    numExamples: 1 + ((k * 37) % 50),
    metrics: {},
    l2Norm: 1,
  }));
  const [model, moments] = [sectionSink(), sectionSink()];
  await foldTiles(
    {
      aggregation: strategy.plan({ round: 1, signature: SIGNATURE, updates, scalars: {} }),
      updates: updates.map((_, k) => sectionOf(modelOf(k))),
      current: sectionOf(modelOf(20)),
      output: model,
      moments: strategy.moments.map(() => ({ last: sectionOf(modelOf(21)), next: moments })),
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
    const plainBytes = capacityFor([64, 64, 64, 64, 16]);
    // WebAssembly has whole pages.
    expect(output.buffer.byteLength).toBe(isPlain ? plainBytes : 65_536);
  });

  it.each([
    [
      'fedAvg',
      fedAvg(),
      { model: 'c3cf672155970c6169c3fd5ea9fbda9569f6e5559244061564e7bc0adeff5a95', moments: NOTHING },
    ],
    [
      'fedAvgM',
      fedAvgM({ momentum: 0.9 }),
      {
        model: 'eba6794fa108313a081eaf40c55aea7ce8881231f941a22d4e7d0fa64fda7b93',
        moments: 'e0ee7650eb77bd01583c248e2b5b88a64c6867c1f5176a43ec2ee59b8055ad61',
      },
    ],
  ])('makes the pinned model: %s', async (_name, strategy, pinned) => {
    Object.assign(globalThis, { WebAssembly });
    expect(await digestsOfFold(strategy)).toEqual(pinned);
  });
});
