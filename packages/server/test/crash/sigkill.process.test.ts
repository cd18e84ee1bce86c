import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Kill, type KillingGround, openKillingGround, type SurvivedKills } from './kills.js';
import { seededRandom } from './seeded-random.js';
import { isLongForm } from './test-form.js';

const TIMEOUT_MS = isLongForm ? 3_600_000 : 120_000;
const SHORT_BOUNDARIES = 7;

const random = seededRandom(3);
const began = performance.now();
let ground: KillingGround;
let undisturbed: SurvivedKills;
let undisturbedMs: number;
let points = 0;
let survived = 0;

beforeAll(async () => {
  ground = await openKillingGround();
  const start = performance.now();
  undisturbed = await ground.survive([]);
  undisturbedMs = performance.now() - start;
}, TIMEOUT_MS);

afterAll(async () => {
  await ground.close();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`killed a server at ${points} points: ${survived} survived, in ${seconds} s\n`);
});

/** What went wrong in each trial; the same model and the same version are right. */
async function faultsOf(trials: readonly (readonly Kill[])[]): Promise<string[]> {
  const faults: string[] = [];
  for (const kills of trials) {
    const fault = await faultOf(kills);
    points += 1;
    if (fault === undefined) survived += 1;
    else faults.push(`${kills.map(described).join(', then ')}: ${fault}`);
  }
  return faults;
}

async function faultOf(kills: readonly Kill[]): Promise<string | undefined> {
  try {
    const { digest, version } = await ground.survive(kills);
    if (digest !== undisturbed.digest) return `another model, ${digest}`;
    return version === 1 ? undefined : `published as V${version}`;
  } catch (error) {
    return String(error);
  }
}

function described(kill: Kill): string {
  return kill.kind === 'boundary' ? `boundary ${kill.at}` : `${kill.afterMs.toFixed(0)} ms`;
}

function boundary(at: number): Kill {
  return { kind: 'boundary', at };
}

function someBoundary(most: number): Kill {
  return boundary(1 + Math.floor(random() * most));
}

function someMoment(): Kill {
  return { kind: 'moment', afterMs: random() * undisturbedMs };
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

it(
  'a server killed before and after each operation of its disk makes the same model',
  async () => {
    const count = undisturbed.boundaries!;
    const step = isLongForm ? 1 : Math.floor(count / SHORT_BOUNDARIES);
    const some = times(Math.floor(count / step), () => 0).map((_, i) => [boundary((i + 1) * step)]);
    expect(await faultsOf(some)).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'a server killed at any moment makes the same model',
  async () => {
    expect(await faultsOf(times(isLongForm ? 40 : 3, () => [someMoment()]))).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'a server killed while it resumes makes the same model',
  async () => {
    const resumption = () => [someBoundary(undisturbed.boundaries!), someBoundary(30)];
    expect(await faultsOf(times(isLongForm ? 30 : 1, resumption))).toEqual([]);
  },
  TIMEOUT_MS,
);

it(
  'a server killed again and again makes the same model',
  async () => {
    const often = () => [someBoundary(120), someMoment(), someBoundary(120)];
    expect(await faultsOf(times(isLongForm ? 20 : 1, often))).toEqual([]);
  },
  TIMEOUT_MS,
);
