import { beforeAll, describe, expect, it } from '@jest/globals';
import { arbitrary, EVERYTHING, SYNCED_ONLY } from '../lossy-file-system.js';
import { withoutFlushing } from './forgetful-disk.js';
import { type PowerCuts, type Survived, survivePowerCuts } from './power-cuts.js';
import { seededRandom } from './seeded-random.js';
import { isLongForm } from './test-form.js';

const LONG_TIMEOUT_MS = 600_000;

let undisturbed: Survived;

beforeAll(async () => {
  undisturbed = await survivePowerCuts({ at: [], survival: SYNCED_ONLY });
});

/** Every operation of the disk in an undisturbed run. */
function everyOperation(): number[] {
  return undisturbed.operations.map((_, i) => i + 1);
}

async function expectSameModel(cuts: PowerCuts): Promise<number> {
  const survived = await survivePowerCuts(cuts).catch((cause: unknown) => {
    throw new Error(`power cut at ${cuts.at.join(', then ')} of the next life`, { cause });
  });
  expect({ at: cuts.at, digest: survived.digest, version: survived.version }).toEqual({
    at: cuts.at,
    digest: undisturbed.digest,
    version: 1,
  });
  return survived.cuts;
}

describe('a server whose disk loses power before each of its operations in turn', () => {
  it('drops rounds among them', () => {
    const dropped = undisturbed.operations.findIndex((what) =>
      /^rename .*\/rounds\/.*\/dropped\//.test(what),
    );
    expect(dropped).toBeGreaterThan(0);
    expect(undisturbed.operations.slice(dropped)).toContainEqual(
      expect.stringMatching(/^remove .*\/dropped\//),
    );
  });

  it('makes the same model where nothing unsynced survives', async () => {
    let cuts = 0;
    for (const at of everyOperation()) cuts += await expectSameModel({ at: [at], survival: SYNCED_ONLY });
    expect(cuts).toBeGreaterThan(130);
  });

  it('makes the same model where everything survives, as after a kill', async () => {
    const some = everyOperation().filter((at) => isLongForm || at % 7 === 0);
    for (const at of some) await expectSameModel({ at: [at], survival: EVERYTHING });
  });

  it(
    'makes the same model whatever part of the unsynced survives',
    async () => {
      for (let seed = 0; seed < (isLongForm ? 20 : 1); seed++) {
        for (const at of everyOperation()) {
          const survival = arbitrary(seededRandom(1000 * seed + at));
          await expectSameModel({ at: [at], survival });
        }
      }
    },
    LONG_TIMEOUT_MS,
  );
});

describe('a server whose disk loses power again', () => {
  it(
    'makes the same model when that is while it resumes',
    async () => {
      const random = seededRandom(7);
      for (let i = 0; i < (isLongForm ? 1000 : 60); i++) {
        const first = 1 + Math.floor(random() * undisturbed.operations.length);
        const second = 1 + Math.floor(random() * 40);
        await expectSameModel({ at: [first, second], survival: arbitrary(random) });
      }
    },
    LONG_TIMEOUT_MS,
  );

  it(
    'makes the same model when that is again and again, at any time',
    async () => {
      const random = seededRandom(8);
      for (let i = 0; i < (isLongForm ? 500 : 30); i++) {
        const at = Array.from({ length: 2 + Math.floor(random() * 4) }, () => 1 + Math.floor(random() * 120));
        await expectSameModel({ at, survival: i % 2 === 0 ? SYNCED_ONLY : arbitrary(random) });
      }
    },
    LONG_TIMEOUT_MS,
  );
});

// Each flush is there for a reason: a disk that leaves it out loses a run, and this suite sees it.
describe('a disk that forgets to flush', () => {
  it.each([
    ['the journal', /\/runs\/[^/]+\/journal$/],
    ['the updates in the spool', /\/spool\/slot-/],
    ['the entries of the spool', /\/spool$/],
    ['the entries of the run', /\/runs\/[^/]+$/],
    ['the entries of the runs', /\/runs$/],
    ['the entries of the data directory', /^\/data$/],
    ['the parameters of models', /\/models\/parameters\/[^/]+$/],
    ['the entries of the parameters', /\/models\/parameters$/],
    ['the entries of the store', /\/models$/],
    ['the entries of the versions', /\/models\/versions$/],
    ['the versions', /\/models\/versions\/[^/]+$/],
  ])('of %s is found out', async (_, path) => {
    const faulty = withoutFlushing((asked) => path.test(asked));
    const failure = await firstFailure(undisturbed.operations.length, faulty);
    expect(failure).toMatch(/was lost|ENOENT|no parameters|damaged|SHA-256/);
  });
});

/** How a run is lost on this disk; undefined where none is. */
async function firstFailure(
  operations: number,
  faulty: NonNullable<PowerCuts['faulty']>,
): Promise<string | undefined> {
  for (let at = 1; at <= operations; at++) {
    try {
      await survivePowerCuts({ at: [at], survival: SYNCED_ONLY, faulty });
    } catch (error) {
      return (error as Error).message;
    }
  }
  return undefined;
}
